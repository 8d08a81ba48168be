import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { withProgram } from "./processes.mjs";

const shared = ["conformance", "answers", "stream", "networks", "hash", "sha256"];

/**
 * Serves a program from workerd and asks it once. The package's file for the `workerd` condition becomes the module of the
 * entry's name, with the files that it imports, and the core beside it a compiled module, as a Worker's bundler would arrange them.
 *
 * @param use `program`, the worker's file; `entry` of the package that it imports; `core`, the wasm of that entry
 */
export async function runInWorkerd(binary, { program, entry, core }, { directory, workerdFile }, given) {
  const file = workerdFile(entry);
  const beside = (name, kind) => [posix.join(posix.dirname(entry), name), kind, join(dirname(file), name)];
  const modules = [
    [program, "esModule", program],
    ...shared.map((name) => [`${name}.mjs`, "esModule", `${name}.mjs`]),
    [entry, "esModule", file],
    // Its imports are relative to the entry's name.
    ...importedScripts(join(directory, file)).map((name) => beside(name, "esModule")),
    beside(core, "wasm"),
  ];
  writeFileSync(join(directory, "config.capnp"), configuration(modules));
  // workerd reports the port it was given on the control descriptor.
  const words = ["serve", "config.capnp", "--control-fd=3", "--socket-addr=http=127.0.0.1:0"];
  const options = { cwd: directory, stdio: ["ignore", "pipe", "pipe", "pipe"] };
  return withProgram(binary, words, options, async (child) => {
    const port = await listeningPort(child.stdio[3]);
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(given) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  });
}

/** Names of the scripts beside a file that it imports. */
function importedScripts(file) {
  return [...readFileSync(file, "utf8").matchAll(/ from "\.\/(.+\.js)";/g)].map(([, name]) => name);
}

function configuration(modules) {
  const lines = modules.map(([name, kind, file]) => `(name = "${name}", ${kind} = embed "${file}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    ${lines.join(",\n    ")}
  ],
);
`;
}

async function listeningPort(control) {
  let text = "";
  for await (const data of control) {
    text += data;
    const port = /"event":"listen".*"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`workerd opened no port: ${text}`);
}
