import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Fetches what is missing: binaries, bundlers and the browsers' driver from the npm registry, browsers as Debian packages. */
export function installMissing(environments) {
  if (environments.some(({ needs }) => needs !== undefined && !existsSync(needs)))
    run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
  const wanted = new Set(environments.flatMap(({ browser }) => browser ?? []));
  const packages = [...wanted].flatMap(({ binary, debianPackage }) => (existsSync(binary) ? [] : debianPackage));
  if (packages.length === 0) return;
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...packages]);
}

/** Output goes to standard error: standard output is the table's. */
function run(command, words) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, words, { cwd: here, env, stdio: ["ignore", 2, 2] });
}
