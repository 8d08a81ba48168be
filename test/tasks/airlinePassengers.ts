import { readFileSync } from "node:fs";

interface Monthly {
  readonly values: readonly number[];
}

const file = new URL("../../demo/data/airlinePassengers.json", import.meta.url);

/** The 144 months of Box and Jenkins's Series G. */
export const airlinePassengers = (JSON.parse(readFileSync(file, "utf8")) as Monthly).values;

/** The months that are trained on; the other 48 are forecast. */
export const TRAINING_MONTHS = 96;
