import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { browsers, chromiumFlags } from "./browsers.mjs";
import { withPage } from "./pageServer.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const series = "demo/data/airlinePassengers.json";
const needed = ["examples/browser", series, "examples/data/temperatures"];
const path = "examples/browser/index.html";
const mostMilliseconds = 90_000;

/**
 * Uses examples/browser as a visitor does, with the packed package: what is wrong is said, a training can be stopped, even before
 * its series is there, two presses make one training, and the forecast has the bits that this process gets. Pictures of the page are left in the staged project.
 *
 * @returns the hash of the forecast and its interval, and the hash it must have
 */
export async function runExample({ directory }) {
  const site = join(directory, "site");
  for (const name of needed) cpSync(join(root, name), join(site, name), { recursive: true });
  mkdirSync(join(site, "dist"));
  cpSync(join(directory, "node_modules/recurve/dist"), join(site, "dist"), { recursive: true });
  const { hashOf } = await import("./programs/hash.mjs");
  const wanted = hashOf(await forecastHere(directory));
  return withPage({ directory: site, path }, async (address) => {
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({ executablePath: browsers.Chromium.binary, args: chromiumFlags });
    try {
      const found = await visit(await browser.newPage({ viewport: { width: 1100, height: 1180 } }), address, directory);
      return { hash: hashOf(found.map((values) => Float32Array.from(values))), wanted };
    } finally {
      await browser.close();
    }
  });
}

/** What the page must show for the first of its series. */
async function forecastHere(directory) {
  const { Forecaster } = await import(pathToFileURL(join(directory, "recurve.mjs")));
  const { values } = JSON.parse(readFileSync(join(root, series), "utf8"));
  const forecaster = await Forecaster.train(values, { horizon: 24, interval: 0.8, seed: 1 });
  const { forecast, lower, upper } = forecaster.predictInterval(values);
  return [forecast, lower, upper];
}

async function visit(tab, address, directory) {
  tab.setDefaultTimeout(mostMilliseconds);
  const complaints = [];
  tab.on("pageerror", ({ message }) => complaints.push(message));
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await tab.goto(address);
  await refuseNonsense(tab);
  await stopOnce(tab);
  await pressTwice(tab);
  const forecast = tab.evaluate(
    () =>
      new Promise((resolve) => {
        const lists = ({ forecast, lower, upper }) => [forecast, lower, upper].map((values) => Array.from(values));
        document.addEventListener("forecast", ({ detail }) => resolve(lists(detail)), { once: true });
      }),
  );
  await tab.click("#start");
  await tab.waitForFunction(
    () => document.querySelector("#losses path") && document.querySelector("#progress").value > 0.2,
  );
  await tab.screenshot({ path: join(directory, "example-training.png") });
  const found = await forecast;
  await tab.locator("#chart .band").waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: join(directory, `example-${colorScheme}.png`), fullPage: true });
  }
  if (complaints.length > 0) throw new Error(`the page complains: ${complaints.join("; ")}`);
  return found;
}

/** Pasted text that is no series is refused in the page's own words, a series that is too short in the library's. */
async function refuseNonsense(tab) {
  await tab.getByText("Your own").click();
  for (const [pasted, said] of [
    ["month,sales\n2024-01,12\n2024-02,many", "Line 3 ends with “many”"],
    ["1\n2\n3", "Forecaster.train:"],
  ]) {
    await tab.fill("#csv", pasted);
    await tab.click("#start");
    await tab.locator("#problem", { hasText: said }).waitFor();
  }
  await tab.getByText("Airline passengers").click();
}

async function stopOnce(tab) {
  await tab.click("#start");
  await tab.click("#stop");
  await tab.locator("#left", { hasText: "Stopped" }).waitFor();
}

/** Presses while the series is still being fetched: what is stopped never begins, and of two trainings the second runs alone. */
async function pressTwice(tab) {
  const pattern = "**/airlinePassengers.json";
  let release;
  const fetched = new Promise((resolve) => (release = resolve));
  await tab.route(pattern, async (route) => {
    await fetched;
    await route.continue();
  });
  await tab.click("#start");
  await stopOnce(tab);
  let workers = 0;
  tab.on("worker", () => workers++);
  for (let press = 0; press < 2; press++) await tab.click("#start");
  release();
  // What a short training says on its way may be gone before anybody looks.
  await tab.locator("#left", { hasText: "Done" }).waitFor();
  if (workers !== 1) throw new Error(`two presses of the button made ${workers} workers`);
  tab.removeAllListeners("worker");
  await tab.unroute(pattern);
}
