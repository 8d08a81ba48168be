import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { tableAt } from "../../bench/markdownTable.mjs";
import { bundleSize, gzipSize, type Program } from "../../scripts/programs.mjs";
import { partSizes } from "../../scripts/sizesOfParts.mjs";
import { lstm } from "../../src/layers/lstm.js";
import { Model } from "../../src/models/model.js";
import { documentLine, documentText } from "./documents.js";
import { packageFromSource } from "./packageSource.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Share by which the same bytes may differ after gzip: Node brings its own zlib, which chooses matches in another way on other
 * processors and in other versions. Those of Node 20 and 24 agree to the byte on x64; differences elsewhere are far below this.
 */
const GZIP_SLACK = 0.002;

let source: Plugin;
beforeAll(async () => {
  source = await packageFromSource();
});

/** What a document says of a size, or what it should: in the same unit, with as many decimals. */
function asStated(stated: string, bytes: number, slack = GZIP_SLACK): string {
  const [, figure = "", decimals = "", unit = ""] = /^(\d+(?:\.(\d+))?) (bytes|KB)$/.exec(stated) ?? [];
  const scale = unit === "KB" ? 1000 : 1;
  const rounding = (0.5 * scale) / 10 ** decimals.length;
  const isRight = Math.abs(Number(figure) * scale - bytes) <= rounding + slack * bytes;
  return isRight ? stated : `${(bytes / scale).toFixed(decimals.length)} ${unit}`;
}

/** @param says has the size in its group, among the words that tell of which it speaks */
function expectStated(file: string, says: RegExp, bytes: number, slack?: number): void {
  const stated = says.exec(documentLine(file))?.[1];
  expect(stated, `${file} has nothing like ${says}`).toBeDefined();
  expect(stated, `${file}, ${says}: ${bytes} bytes were measured`).toBe(asStated(stated ?? "", bytes, slack));
}

test("a size is right within its rounding and what compressors differ by", () => {
  expect(asStated("40.5 KB", 40_546)).toBe("40.5 KB");
  expect(asStated("40.5 KB", 40_600)).toBe("40.5 KB");
  expect(asStated("40.5 KB", 40_700)).toBe("40.7 KB");
  expect(asStated("52 KB", 53_201)).toBe("53 KB");
  expect(asStated("280 bytes", 281, 0)).toBe("281 bytes");
});

test.each<[Program, string, RegExp]>([
  ["training", "README.md", /`fit`, `adam` and `meanSquaredError` are (\S+ KB)/],
  ["load", "README.md", /(\S+ KB) with `loadModel`/],
  ["load", "bench/README.md", /with `loadModel`, which has to know every layer, (\S+ KB)/],
  ["predictLayer", "README.md", /\| to load, compressed, for predictions \| (\S+ KB)¹/],
  ["predictLayer", "bench/README.md", /\| recurve\/predict \| [^|]+ \| (\S+ KB) \|/],
  ["layer", "bench/README.md", /\| recurve \| [^|]+ \| (\d\S* KB) \|/],
])("the bundle %s in %s", async (program, file, says) => {
  expectStated(file, says, await bundleSize(program, [source]));
});

test("snapshots of sessions", () => {
  const bytesOf = (units: number) => {
    using model = new Model(lstm(units), { inputSize: 1 });
    return model.session().snapshot().length;
  };
  expectStated("README.md", /session\.snapshot\(\)\); \/\/ (\S+ bytes) for lstm\(32\)/, bytesOf(32), 0);
  expectStated("CHANGELOG.md", /`snapshot` \((\S+ bytes) for lstm\(32\)\)/, bytesOf(32), 0);
  expectStated("examples/worker/README.md", /session \((\S+ bytes) for the LSTM of 16 units here\)/, bytesOf(16), 0);
});

test("the cores as files", () => {
  const [whole, predict] = ["release", "predict"].map((name) => readFileSync(`${root}build/${name}.wasm`));
  expectStated("CHANGELOG.md", /`recurve\/predict` \([^)]* on a core of (\S+ KB)/, predict?.length ?? 0, 0);
  expect(documentLine("CHANGELOG.md")).toContain("core below 20 KB compressed");
  expect(gzipSize(whole as Uint8Array)).toBeLessThan(20_000);
});

test("the Worker of the examples", async () => {
  const weights = readFileSync(`${root}examples/worker/model.safetensors`);
  // Wrangler keeps the names of functions, and minifies where its configuration says so, as here.
  const { outputFiles } = await build({
    entryPoints: [`${root}examples/worker/src/worker.js`],
    ...{ bundle: true, minify: true, keepNames: true, write: false, format: "esm", target: "es2022" },
    plugins: [await packageFromSource(true)],
  });
  const uploaded = [outputFiles[0]?.contents as Uint8Array, weights, readFileSync(`${root}build/predict.wasm`)];
  const size = uploaded.reduce((sum, bytes) => sum + gzipSize(bytes), 0);
  const file = "examples/worker/README.md";
  expectStated(file, /What is uploaded has (\S+ KB) after gzip/, size);
  expectStated(file, /its weights, scaling and calibration, (\S+ KB),/, weights.length, 0);
});

test("what each part of the core adds to a bundle, in bench/README.md", async () => {
  const { rows } = tableAt(documentText("bench/README.md"), "What a cell adds", 0);
  const stated = new Map(rows.map(([part, , gzip]) => [part, gzip]));
  const wanted = (await partSizes()).map(({ part, bytes, gzip }) => {
    const [compressed] = asStated(`${stated.get(part) ?? 0} bytes`, gzip).split(" ");
    return [part, `${bytes}`, compressed];
  });
  expect(rows, "node bench/markdown.mjs writes it").toEqual(wanted);
});
