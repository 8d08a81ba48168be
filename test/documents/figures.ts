import { type Quartiles, recordOf } from "../../bench/documentTables.mjs";

/* Single figures of recorded runs. */

const { workloads } = recordOf("versus");
const { coldStarts } = recordOf("coldStart");
const wide = recordOf("wideLanes").workloads;
export const core = recordOf("core");

function named<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`bench/results/ holds no "${name}".`);
  return found;
}

function compared(title: string, peer: string) {
  return named(workloads.find((workload) => workload.title === title)?.results ?? [], peer);
}

/** How many times as long as recurve a peer takes. */
export const ratio = (title: string, peer: string): number => compared(title, peer).ratio.median;

/** Milliseconds that a peer takes for a turn. */
export const time = (title: string, peer: string): number => compared(title, peer).milliseconds.median;

/** Milliseconds of a first prediction. */
export const firstPrediction = (name: string): number => named(coldStarts, name).milliseconds.median;

/** By how much lanes of 256 bits are faster, for each workload whose title begins so. */
export function gains(...beginnings: string[]): Quartiles[] {
  return wide.filter(({ title }) => beginnings.some((begin) => title.startsWith(begin))).map((one) => one.ratio);
}

/** The share of one result of a suite of the core. */
export const share = (suite: string, name: string): number =>
  named(named(core.suites, suite).results, name).share.median;

/** A figure that a suite makes of several results. */
export const figure = (suite: string, name: string): number => named(named(core.suites, suite).extras, name).figure;

/** Shares of the results of a suite whose names match. */
export function shares(suite: string, names: RegExp): number[] {
  return named(core.suites, suite)
    .results.filter(({ name }) => names.test(name))
    .map((one) => one.share.median);
}
