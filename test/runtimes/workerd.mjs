import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withProgram } from "./processes.mjs";

/**
 * Serves the program from workerd and asks it once. The package's file for the `workerd` condition becomes the module
 * "recurve" and the core beside it a compiled module, as a Worker's bundler would arrange them.
 */
export async function runInWorkerd(binary, { directory, workerdModule }) {
  const core = join(dirname(workerdModule), "core.wasm");
  const modules = [
    ["worker.mjs", "esModule", "worker.mjs"],
    ["conformance.mjs", "esModule", "conformance.mjs"],
    ["sha256.mjs", "esModule", "sha256.mjs"],
    ["recurve", "esModule", workerdModule],
    ["core.wasm", "wasm", core],
  ];
  writeFileSync(join(directory, "config.capnp"), configuration(modules));
  // workerd reports the port it was given on the control descriptor.
  const words = ["serve", "config.capnp", "--control-fd=3", "--socket-addr=http=127.0.0.1:0"];
  const options = { cwd: directory, stdio: ["ignore", "pipe", "pipe", "pipe"] };
  return withProgram(binary, words, options, async (child) => {
    const port = await listeningPort(child.stdio[3]);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  });
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
