import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const name = "PyTorch";

/** Debian's PyTorch calls a slow reference BLAS unless this one is loaded before it (package libopenblas0-pthread). */
const OPENBLAS = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/openblas-pthread/libblas.so.3`;

/** The first Python that has PyTorch: $PYTHON, python3, or Debian's own. */
const python = [process.env.PYTHON, "python3", "/usr/bin/python3"].find(
  (candidate) =>
    candidate !== undefined && spawnSync(candidate, ["-c", "import torch"], { stdio: "ignore" }).status === 0,
);

/** Why it takes no part, if so. */
export const absence = python === undefined ? "python3 -c 'import torch' fails" : undefined;

/** Whether the numbers are those of an optimised BLAS. */
export const hasOpenBlas = existsSync(OPENBLAS);

/** A Python process of its own for each workload, asked line by line; its times are its own processor's. */
export async function make(spec, material) {
  const environment = {
    ...process.env,
    OPENBLAS_NUM_THREADS: "1",
    OMP_NUM_THREADS: "1",
    ...(hasOpenBlas && { LD_PRELOAD: OPENBLAS }),
  };
  const child = spawn(python, [fileURLToPath(new URL("pytorch.py", import.meta.url))], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (order) => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("PyTorch's process has ended; what it said stands above.");
    return JSON.parse(value);
  };
  const folder = mkdtempSync(join(tmpdir(), "recurve-versus-"));
  try {
    await ask({ op: "make", spec, folder, entries: writeMaterial(folder, spec, material) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name,
    sample: async () => Float32Array.from((await ask({ op: "sample" })).values),
    time: async (turns) => (await ask({ op: "time", turns })).milliseconds,
    dispose: () => child.kill(),
  };
}

/** Weights and data one after another in one file. */
function writeMaterial(folder, { batchSize }, { weights, input, tokens, target }) {
  const rows = (data) => ({ data, shape: [batchSize, data.length / batchSize] });
  const tensors = new Map(weights);
  if (input !== undefined) tensors.set("input", { data: input, shape: inputShape(weights, input, batchSize) });
  if (tokens !== undefined) tensors.set("tokens", rows(tokens));
  if (target !== undefined)
    tensors.set("target", target.length === batchSize ? { data: target, shape: [batchSize] } : rows(target));
  let at = 0;
  const entries = [...tensors].map(([key, { data, shape }]) => {
    const entry = { name: key, shape, at, length: data.length, isInteger: data instanceof Int32Array };
    at += data.byteLength;
    return entry;
  });
  const bytes = Buffer.concat(
    [...tensors.values()].map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
  writeFileSync(join(folder, "material.bin"), bytes);
  return entries;
}

function inputShape(weights, input, batchSize) {
  const width = weights.get("rnn.weight_ih_l0").shape[1];
  return [batchSize, input.length / batchSize / width, width];
}
