import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * Fetches what is missing, or was installed by an older lock file: binaries, bundlers and the browsers' driver from the npm
 * registry, browsers as Debian packages.
 */
export function installMissing(environments) {
  const lacking = environments.filter(
    ({ needs, project = here }) => needs !== undefined && !(existsSync(needs) && isInstalled(project)),
  );
  for (const project of new Set(lacking.map(({ project = here }) => project)))
    run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], project);
  const wanted = new Set(environments.flatMap(({ browser }) => browser ?? []));
  const packages = [...wanted].flatMap(({ binary, debianPackage }) => (existsSync(binary) ? [] : debianPackage));
  if (packages.length === 0) return;
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...packages]);
}

/** Whether npm has installed a project's present lock file, of which it leaves a copy behind. */
export function isInstalled(project) {
  const [wanted, copy] = ["package-lock.json", "node_modules/.package-lock.json"].map((file) => join(project, file));
  return existsSync(copy) && statSync(copy).mtimeMs >= statSync(wanted).mtimeMs;
}

/** Output goes to standard error: standard output is the table's. */
function run(command, words, cwd = here) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, words, { cwd, env, stdio: ["ignore", 2, 2] });
}
