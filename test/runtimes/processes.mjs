import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** No program takes more than a few seconds; a browser's first start on a busy machine may. */
const mostMilliseconds = 120_000;

/**
 * Runs a program to its end and gives what it printed.
 * @throws Error with all it printed when it fails or takes too long
 */
export function runProgram(binary, words, cwd) {
  return new Promise((resolve, reject) => {
    const { child, output } = start(binary, words, { cwd });
    const timer = setTimeout(() => stop(child), mostMilliseconds);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(output.text);
      else reject(new Error(`${binary} ended with ${code}:\n${output.text}${output.errors}`));
    });
  });
}

/**
 * Keeps a program running until `use` is done with it, then ends it and all it started.
 * @throws Error when the program ends or time runs out before that
 */
export async function withProgram(binary, words, options, use) {
  const { child, output } = start(binary, words, options);
  let timer;
  const trouble = new Promise((_, reject) => {
    const fail = (what) => reject(new Error(`${binary} ${what}:\n${output.text}${output.errors}`.slice(0, 4000)));
    child.on("error", reject);
    child.on("close", (code) => fail(`ended early with ${code}`));
    timer = setTimeout(() => fail("gave no result in time"), mostMilliseconds);
  });
  // It is raced below; when it loses, its late rejection is nobody's business.
  trouble.catch(() => {});
  try {
    return await Promise.race([use(child), trouble]);
  } finally {
    clearTimeout(timer);
    await stop(child);
  }
}

/** A home of its own for a program: nothing it remembers from another run can matter, and nothing is left behind. */
export async function withScratchHome(use) {
  const home = mkdtempSync(join(tmpdir(), "recurve-runtime-"));
  mkdirSync(join(home, "profile"));
  try {
    return await use(home, { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home });
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

export function lastLine(text) {
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** A group of its own, so that ending it ends its children too. */
function start(binary, words, options) {
  const environment = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ...(options.env ?? process.env) };
  const child = spawn(binary, words, {
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
    env: environment,
    detached: true,
  });
  const output = { text: "", errors: "" };
  child.stdout.on("data", (data) => (output.text += data));
  child.stderr.on("data", (data) => (output.errors += data));
  return { child, output };
}

async function stop(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.on("close", resolve));
  process.kill(-child.pid, "SIGKILL");
  await ended;
}
