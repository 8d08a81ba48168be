import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { withProgram, withScratchHome } from "./processes.mjs";

const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Quiet and alone: nothing but the page is loaded, and no sandbox that a container would not allow. */
const chromiumFlags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
];

const firefoxPreferences = {
  "app.update.auto": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/** Opens a page without a bundler that imports the package through an import map and posts its result back. */
export async function runInBrowser(binary, kind, { directory, module }) {
  const { server, result, address } = await servePage(directory, module);
  try {
    return await withScratchHome((home, env) => {
      return withProgram(binary, wordsFor(kind, home, address), { cwd: directory, env }, () => result);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function wordsFor(kind, home, address) {
  const profile = join(home, "profile");
  if (kind === "chromium") return [...chromiumFlags, `--user-data-dir=${profile}`, address];
  const preferences = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
  writeFileSync(join(profile, "user.js"), preferences.join(""));
  return ["--headless", "--no-remote", "--profile", profile, address];
}

/** A server of the project's files; `result` is settled by what the page posts. */
async function servePage(directory, module) {
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  result.catch(() => {});
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const { value, error } = JSON.parse(await bodyOf(request));
      response.end();
      if (error === undefined) settle.resolve(value);
      else settle.reject(new Error(error));
    } else {
      sendFile(directory, module, request.url, response);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, result, address: `http://127.0.0.1:${server.address().port}/page.html` };
}

function sendFile(directory, module, url, response) {
  const path = normalize(new URL(url, "http://localhost").pathname);
  try {
    const content = readFileSync(join(directory, path));
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.end(path === "/page.html" ? content.toString().replace("RECURVE", `/${module}`) : content);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request) {
  let text = "";
  for await (const data of request) text += data;
  return text;
}
