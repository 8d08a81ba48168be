/**
 * Draws docs/figures: the textbook's networks unfolded in time, and the vanishing gradient. Run after a build; takes some
 * seconds. `--check` fails when a file is not what would be drawn.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as library from "../dist/index.js";
import { networks } from "./figures/networks.mjs";
import { vanishingGradient } from "./figures/vanishingGradient.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "figures");
const drawings = { ...networks(library), vanishingGradient: await vanishingGradient(library) };
const isCheck = process.argv.includes("--check");

mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(drawings)) {
  const file = join(folder, `${name}.svg`);
  if (!isCheck) writeFileSync(file, svg);
  else if (readFileSync(file, "utf8") !== svg)
    throw new Error(`docs/figures/${name}.svg is not what the library draws: run npm run figures.`);
}
