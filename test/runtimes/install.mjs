import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** Fetches what is missing: binaries, bundlers and the browsers' driver from the npm registry, browsers as Debian packages. */
export function installMissing(environments) {
  const lacking = environments.filter(({ needs }) => needs !== undefined && !existsSync(needs));
  for (const project of new Set(lacking.map(({ project = here }) => project)))
    run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], project);
  const wanted = new Set(environments.flatMap(({ browser }) => browser ?? []));
  const packages = [...wanted].flatMap(({ binary, debianPackage }) => (existsSync(binary) ? [] : debianPackage));
  if (packages.length === 0) return;
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...packages]);
}

/** Output goes to standard error: standard output is the table's. */
function run(command, words, cwd = here) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, words, { cwd, env, stdio: ["ignore", 2, 2] });
}
