import { join } from "node:path";
import { runOnAudioThread } from "./audioThread.mjs";
import { browsers, runInBrowser } from "./browsers.mjs";
import { bundlers, versionOfPackage } from "./bundlers.mjs";
import { runExample } from "./example.mjs";
import { modules, versionOf } from "./runtimes.mjs";

/** What a page needs so that its scripts may come from its own server and compile WebAssembly, and nothing more. */
const strict = { "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
const tooStrict = { "content-security-policy": "default-src 'self'" };

/** A page of the staged project in a browser. @param run how it is opened, where not as any other */
function page(name, browser, path, { headers, part, run = (page) => runInBrowser(browser, page) } = {}) {
  return {
    name,
    part,
    browser,
    needs: join(modules, "playwright-core"),
    version: () => versionOf(browser.binary),
    run: ({ directory }, given) => run({ directory, path, headers, given }),
  };
}

/** A program that a bundler makes a page of, and then a page like any other. */
function bundled(bundler, program, entry) {
  const { package: name, build } = bundlers[bundler];
  return {
    name: entry === undefined ? bundler : `${entry}, ${bundler}`,
    part: entry === "predict" ? "answers" : undefined,
    browser: browsers.Chromium,
    needs: join(modules, name),
    version: () => versionOfPackage(modules, name),
    run: async ({ directory }, given) => {
      const out = join("bundles", program, name);
      await build(directory, join(directory, out), program);
      return runInBrowser(browsers.Chromium, { directory, path: join(out, "index.html"), given });
    },
  };
}

/** Where WebAssembly is forbidden, the error names the policy: nobody should have to guess. */
function refused(name, browser, says) {
  const run = async (page) => {
    const outcome = await runInBrowser(browser, page).catch((error) => error);
    if (!(outcome instanceof Error)) throw new Error("WebAssembly was compiled though the policy forbids it");
    if (!says.test(outcome.message)) throw outcome;
    return { refusal: outcome.message.split("\n")[0] };
  };
  return page(name, browser, "strict.html", { part: "none", headers: tooStrict, run });
}

const { Chromium, Firefox } = browsers;

/** Pages, and what a page may start. */
export const pages = [
  page("Chromium", Chromium, "page.html"),
  page("Firefox", Firefox, "page.html"),
  page("Chromium Web Worker", Chromium, "webWorker.html"),
  page("Firefox Web Worker", Firefox, "webWorker.html"),
  page("Chromium AudioWorklet", Chromium, "worklet.html", { run: runOnAudioThread }),
  page("Firefox AudioWorklet", Firefox, "worklet.html"),
  page("Chromium strict CSP", Chromium, "strict.html", { headers: strict }),
  page("Firefox strict CSP", Firefox, "strict.html", { headers: strict }),
  refused("Chromium no wasm", Chromium, /CompileError.*Content Security Policy/),
  refused("Firefox no wasm", Firefox, /CompileError.*CSP|Content.Security.Policy/),
  ...Object.keys(bundlers).map((name) => bundled(name, "bundled.mjs")),
  page("predict, Chromium", Chromium, "pagePredict.html", { part: "answers" }),
  page("predict, Firefox", Firefox, "pagePredict.html", { part: "answers" }),
  bundled("Vite", "bundledPredict.mjs", "predict"),
  bundled("esbuild", "bundledPredict.mjs", "predict"),
  page("url, Chromium", Chromium, "pageUrl.html"),
  page("url, Firefox", Firefox, "pageUrl.html"),
  bundled("Vite", "bundledUrl.mjs", "url"),
  { ...page("examples/browser", Chromium, "", { part: "none" }), run: runExample },
];
