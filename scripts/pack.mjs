/** Builds the package and packs it as build/recurve.tgz: what users would install, for the checks and the runtimes. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
run("npm", ["run", "--silent", "build"]);
stage(join("build", "package"));
const [packed] = JSON.parse(
  run("npm", ["pack", "./build/package", "--ignore-scripts", "--json", "--pack-destination", "build"]),
);
renameSync(join("build", packed.filename), join("build", "recurve.tgz"));
console.log(`packed ${packed.entryCount} files, ${packed.size} bytes`);
for (const file of packed.files) console.log(`  ${String(file.size).padStart(8)}  ${file.path}`);

/** What is published, without what only a clone needs: scripts of installation would make package managers warn. */
function stage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  for (const field of ["scripts", "devDependencies", "allowScripts", "size-limit", "imports"]) delete manifest[field];
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const path of [...manifest.files, "README.md", "LICENSE"]) cpSync(path, join(folder, path), { recursive: true });
}

function run(command, words) {
  return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
