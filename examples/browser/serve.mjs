/**
 * Serves the repository's root, of which the page needs the build and the data. The port is the first word, default 8080; 0 takes
 * a free one.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const types = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
};
const port = Number(process.argv[2] ?? 8080);

const server = createServer(async ({ url }, response) => {
  try {
    const { pathname } = new URL(url, "http://localhost");
    // As one path from the root, above which it cannot lead; Windows would take \ for / too.
    const asked = posix.normalize(`/${decodeURIComponent(pathname)}`.replaceAll("\\", "/"));
    const path = asked.replace(/\/$/, "/index.html");
    const content = await readFile(join(root, path));
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(port, "127.0.0.1", () => console.log(`http://localhost:${server.address().port}/examples/browser/`));
