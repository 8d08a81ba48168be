// Holds the library against networks of others in a folder outside the repository: npm run test:models -- --dir <folder>
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { dir } = parseArgs({ options: { dir: { type: "string" } } }).values;
if (dir === undefined || !existsSync(dir)) {
  const what = dir === undefined ? "no folder was given" : `${resolve(dir)} does not exist`;
  console.error(`${what}: npm run test:models -- --dir <folder with the networks>`);
  process.exit(1);
}
const { status } = spawnSync("npx", ["vitest", "run", "--config", "vitest.models.config.ts"], {
  stdio: "inherit",
  env: { ...process.env, RECURVE_MODELS: resolve(dir) },
});
process.exit(status ?? 1);
