/**
 * The Worker in workerd: what it answers has the bits of a session in this process, across restarts, and a refused request leaves
 * a device as it was. `node test/index.mjs` runs it on the package as it is built here.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, repository } from "./bundle.mjs";
import { checks } from "./checks.mjs";
import { libraryOf } from "./reference.mjs";
import { serve } from "./service.mjs";

/**
 * @param directory a project that has the package
 * @returns the SHA-256 of every answer that was compared, and the one that it must have
 * @throws Error with the name of the check that failed
 */
export async function runWorkerExample({ directory }) {
  const storage = mkdtempSync(join(tmpdir(), "recurve-worker-"));
  const hashes = { hash: createHash("sha256"), wanted: createHash("sha256") };
  const bench = {
    library: libraryOf(directory),
    modules: await bundle(directory),
    start: (modules) => serve(modules, storage),
    compare(found, wanted) {
      hashes.hash.update(JSON.stringify(found));
      hashes.wanted.update(JSON.stringify(wanted));
    },
  };
  try {
    for (const [name, check] of Object.entries(checks)) await named(name, () => check(bench));
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
  return { hash: hashes.hash.digest("hex"), wanted: hashes.wanted.digest("hex") };
}

async function named(name, act) {
  try {
    await act();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { hash, wanted } = await runWorkerExample({ directory: repository });
  const isEqual = hash === wanted;
  console.log(isEqual ? `${Object.keys(checks).length} passed, 0 failed` : `expected ${wanted}, received ${hash}`);
  process.exitCode = isEqual ? 0 : 1;
}
