/** Builds the package and packs it as build/recurve.tgz: what users would install, for the checks and the runtimes. */
import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
run("npm", ["run", "--silent", "build"]);
const [packed] = JSON.parse(run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", "build"]));
renameSync(join("build", packed.filename), join("build", "recurve.tgz"));
console.log(`packed ${packed.entryCount} files, ${packed.size} bytes`);
for (const file of packed.files) console.log(`  ${String(file.size).padStart(8)}  ${file.path}`);

function run(command, words) {
  return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
