/**
 * npm run size:cells [-- --json FILE]
 * What each cell adds to the core: the core is compiled once more without it, and the sizes are compared.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { optimizeCore, plainBytes } from "./optimizeCore.mjs";

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));

const scratch = join("build", `cells-${process.pid}`);
mkdirSync(scratch, { recursive: true });
const lines = ["predict", "index"].flatMap((entry) => readFileSync(`assembly/${entry}.ts`, "utf8").split("\n"));
/** index.ts has the lines of predict.ts through this one. */
const ALL = 'export * from "./predict";';
const exported = lines.flatMap((line) => {
  const [, file] = /from "\.\/cells\/(\w+)"/.exec(line) ?? [];
  return file === undefined ? [] : [{ file, line }];
});

/** The release target's options as the command line knows them. */
const { targets, options: shared } = JSON.parse(readFileSync("asconfig.json", "utf8"));
const { optimizeLevel, memoryBase } = targets.release;
const flags = [
  ...[`--optimizeLevel=${optimizeLevel}`, `--memoryBase=${memoryBase}`, "--noAssert", "--debug"],
  ...[`--runtime=${shared.runtime}`, `--initialMemory=${shared.initialMemory}`, "--disableWarning=112"],
  ...shared.enable.flatMap((name) => ["--enable", name]),
];

try {
  const whole = await sizeOf(lines);
  const rows = [];
  for (const { file, line } of exported) {
    const without = await sizeOf(lines.filter((other) => other !== line));
    rows.push({ cell: file, bytes: whole.bytes - without.bytes, gzip: whole.gzip - without.gzip });
  }
  const bare = await sizeOf(lines.filter((line) => !exported.some((one) => one.line === line)));
  const all = { cell: "all together", bytes: whole.bytes - bare.bytes, gzip: whole.gzip - bare.gzip };
  console.table([...rows, all, { cell: "the whole core", ...whole }]);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify([...rows, all, whole], null, 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function sizeOf(entry) {
  const file = join(scratch, "index.ts");
  writeFileSync(
    file,
    entry
      .filter((line) => line !== ALL)
      .join("\n")
      .replaceAll('"./', '"../../assembly/'),
  );
  const outFile = join(scratch, "core.wasm");
  const { error, stderr } = await asc.main([
    file,
    "--config",
    join(scratch, "none.json"),
    ...flags,
    "--outFile",
    outFile,
  ]);
  if (error) throw new Error(stderr.toString());
  const wasm = plainBytes(optimizeCore(readFileSync(outFile)));
  return { bytes: wasm.length, gzip: gzipSync(wasm, { level: 9 }).length };
}
