import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, posix } from "node:path";

const types = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/**
 * Serves a directory to one page while `use` runs. What the page is given lies at /given; what it posts settles the result.
 *
 * @param options `directory`, `path` of the page in it, `headers` of every answer, `given`
 * @param use told the page's address and a promise of its result
 * @returns what `use` gives
 */
export async function withPage({ directory, path, headers = {}, given }, use) {
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // Whoever awaits it may be gone by then: the browser failed first.
  result.catch(() => {});
  const server = createServer(async (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === "POST") {
      const { value, error } = JSON.parse(await bodyOf(request));
      response.end();
      if (error === undefined) settle.resolve(value);
      else settle.reject(new Error(error));
    } else if (request.url === "/given") {
      response.end(JSON.stringify(given));
    } else {
      sendFile(directory, request.url, response);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}/${path}`, result);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function sendFile(directory, url, response) {
  try {
    const { pathname } = new URL(url, "http://localhost");
    const path = posix.normalize(`/${decodeURIComponent(pathname)}`.replaceAll("\\", "/"));
    const content = readFileSync(join(directory, path));
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const data of request) text += data;
  return text;
}
