import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundleSize, ownPrograms } from "../../scripts/programs.mjs";
import { quartiles } from "../rounds.mjs";
import { materialOf } from "./material.mjs";
import { operatorModel } from "./peers/onnx.mjs";

/*
 * What a user waits for and what a page loads: the first prediction of an LSTM (D = 16, H = 32, T = 10) in a fresh process, and
 * the size of what a bundler makes of such a program, with the files it fetches.
 */

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const root = join(here, "..", "..");

const folderOf = (name) => JSON.stringify(`${dirname(require.resolve(name))}/`);
const [D, H, T] = [16, 32, 10];

/** Programs that end with their first prediction. */
const programs = {
  "an empty process": "",
  recurve: `
    const { Model, sequential, lstm } = await import(${JSON.stringify(join(root, "dist", "index.js"))});
    const model = new Model(sequential(lstm(${H})), { inputSize: ${D} });
    model.predict(Array.from({ length: ${T} }, () => new Array(${D}).fill(0.5)));`,
  "recurve/predict": `
    const { Model, sequential, lstm } = await import(${JSON.stringify(join(root, "dist", "predict.js"))});
    const model = new Model(sequential(lstm(${H})), { inputSize: ${D} });
    model.predict(Array.from({ length: ${T} }, () => new Array(${D}).fill(0.5)));`,
  "tfjs wasm": `
    const tf = require("@tensorflow/tfjs");
    const wasm = require("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(${folderOf("@tensorflow/tfjs-backend-wasm")});
    await tf.setBackend("wasm");
    await tf.ready();
    tf.layers.lstm({ units: ${H} }).apply(tf.ones([1, ${T}, ${D}])).dataSync();`,
  "tfjs cpu": `
    const tf = require("@tensorflow/tfjs");
    await tf.setBackend("cpu");
    tf.layers.lstm({ units: ${H} }).apply(tf.ones([1, ${T}, ${D}])).dataSync();`,
  "onnxruntime-web": onnx(
    "onnxruntime-web/wasm",
    `ort.env.wasm.numThreads = 1; ort.env.wasm.wasmPaths = ${folderOf("onnxruntime-web")};`,
  ),
  "onnxruntime-node": onnx("onnxruntime-node", ""),
  "brain.js": `
    const { recurrent } = require("brain.js");
    const network = new recurrent.LSTMTimeStep({ inputSize: ${D}, hiddenLayers: [${H}], outputSize: ${D} });
    network.train([[new Array(${D}).fill(0.5), new Array(${D}).fill(0.5)]], { iterations: 1 }); // it cannot predict before
    network.run(Array.from({ length: ${T} }, () => new Array(${D}).fill(0.5)));`,
};

function onnx(name, settings) {
  return `
    const ort = require(${JSON.stringify(name)});
    ${settings}
    const session = await ort.InferenceSession.create(new Uint8Array(require("node:fs").readFileSync(process.env.MODEL)));
    const zeros = () => new ort.Tensor("float32", new Float32Array(${H}), [1, 1, ${H}]);
    const x = new ort.Tensor("float32", new Float32Array(${T * D}), [${T}, 1, ${D}]);
    await session.run({ x, h: zeros(), c: zeros() });`;
}

/** What a program that only predicts imports, as a bundler sees it, and the files fetched besides. Of recurve: `ownPrograms`. */
const bundles = {
  "tfjs wasm": [
    'export * from "@tensorflow/tfjs-layers"; export * from "@tensorflow/tfjs-core"; export * from "@tensorflow/tfjs-backend-wasm";',
    here,
    ["@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"],
  ],
  "tfjs cpu": [
    'export * from "@tensorflow/tfjs-layers"; export * from "@tensorflow/tfjs-core"; import "@tensorflow/tfjs-backend-cpu";',
    here,
    [],
  ],
  "onnxruntime-web": [
    'export * from "onnxruntime-web/wasm";',
    here,
    ["onnxruntime-web/ort-wasm-simd-threaded.wasm", "onnxruntime-web/ort-wasm-simd-threaded.mjs"],
  ],
  "brain.js": ['export { recurrent } from "brain.js";', here, []],
};

/** @returns [{ name, milliseconds, bundle, files }]: time to the first prediction, and bytes after gzip -9 */
export async function coldStarts(rounds) {
  const folder = mkdtempSync(join(tmpdir(), "recurve-versus-"));
  const model = join(folder, "lstm.onnx");
  const spec = { act: "sequence", cell: "lstm", inputSize: D, units: H, steps: T, batchSize: 1, take: "all" };
  writeFileSync(model, operatorModel(spec, (await materialOf(spec)).weights));
  const times = new Map(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, program] of Object.entries(programs)) times.get(name).push(startOf(program, model));
  rmSync(folder, { recursive: true });
  const found = [];
  for (const [name, all] of times) found.push({ name, milliseconds: quartiles(all), ...(await sizeOf(name)) });
  return found;
}

/** Milliseconds from the start of a process to its first prediction, by its own clock. */
function startOf(program, model) {
  const text = `
    import { createRequire } from "node:module";
    const require = createRequire(${JSON.stringify(import.meta.url)});
    ${program}
    process.stdout.write("\\n" + performance.now());
    process.exit(0);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", text], {
    encoding: "utf8",
    env: { ...process.env, MODEL: model },
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout.slice(stdout.lastIndexOf("\n")));
}

async function sizeOf(name) {
  if (name in ownPrograms) return { bundle: await bundleSize(ownPrograms[name]), files: 0 };
  if (bundles[name] === undefined) return {};
  const [contents, resolveDir, files] = bundles[name];
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    ...{
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "error",
    },
    external: [
      "fs",
      "stream",
      "path",
      "os",
      "util",
      "crypto",
      "string_decoder",
      "worker_threads",
      "perf_hooks",
      "gl",
      "gl/*",
    ],
  });
  const sizes = (buffers) => buffers.reduce((sum, buffer) => sum + gzipSync(buffer, { level: 9 }).length, 0);
  return {
    bundle: sizes(outputFiles.map(({ contents: code }) => code)),
    files: sizes(files.map((file) => readFileSync(require.resolve(file)))),
  };
}
