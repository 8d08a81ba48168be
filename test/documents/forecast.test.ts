import { expect, test } from "vitest";
import { tableAt } from "../../bench/markdownTable.mjs";
import { Forecaster } from "../../src/tasks/forecaster.js";
import { airlinePassengers, TRAINING_MONTHS } from "../tasks/airlinePassengers.js";
import { documentText } from "./documents.js";

const SEEDS = 10;
/** As demo/index.mjs trains; its intervals have networks of their own, which change nothing of these. */
const OPTIONS = { horizon: 12 };

/** One-step RMSE by label, "network" among them. */
async function errorsOf(seed: number): Promise<ReadonlyMap<string, number>> {
  using forecaster = await Forecaster.train(airlinePassengers.slice(0, TRAINING_MONTHS), { ...OPTIONS, seed });
  return new Map(forecaster.backtest(airlinePassengers).entries.map(({ label, oneStep }) => [label, oneStep.rmse]));
}

test("README's forecast: the median of the network and the errors of the rules, as the demo prints them", async () => {
  const all: ReadonlyMap<string, number>[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) all.push(await errorsOf(seed));
  const networks = all.map((errors) => errors.get("network") ?? Number.NaN).sort((a, b) => a - b);
  const median = ((networks[SEEDS / 2 - 1] ?? Number.NaN) + (networks[SEEDS / 2] ?? Number.NaN)) / 2;
  const { rows } = tableAt(documentText("README.md"), "recurve", 0);
  const wanted = rows.map(([label = ""], line) => [
    label,
    line === 0 ? median.toFixed(1) : (all[0]?.get(label)?.toFixed(2) ?? "no such rule"),
  ]);
  expect(rows[0]?.[0]).toBe(`network (median of seeds 1 to ${SEEDS})`);
  expect(rows).toEqual(wanted);
});
