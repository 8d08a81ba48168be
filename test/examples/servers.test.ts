import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
/** Paths that no address decodes to, or that lead nowhere. */
const senseless = ["/%E0%A4%A", "//", "///", "/%00", "/..%2f..%2f..%2fetc/passwd", "/..%5c..%5cetc/passwd", "/nothing"];

/** The status of a request whose path is sent as it is. */
function ask(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: "127.0.0.1", path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
  });
}

test("the browser example's server outlives senseless requests", async () => {
  const program = fileURLToPath(new URL("examples/browser/serve.mjs", root));
  const server = spawn(process.execPath, [program, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface(server.stdout), "line");
    const port = Number(new URL(line).port);
    for (const path of senseless) expect(await ask(port, path), path).toBe(404);
    for (const path of ["/examples/browser/", "/examples/browser/page.js"]) expect(await ask(port, path)).toBe(200);
  } finally {
    server.kill();
  }
});

test("the server of the pages under test outlives them too", async () => {
  const { withPage } = await import(new URL("test/runtimes/pageServer.mjs", root).href);
  const options = { directory: fileURLToPath(root), path: "package.json", given: 0 };
  await withPage(options, async (address: string) => {
    const { port, pathname } = new URL(address);
    for (const path of senseless) expect(await ask(Number(port), path), path).toBe(404);
    expect(await ask(Number(port), pathname)).toBe(200);
  });
});
