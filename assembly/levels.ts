import { blockBytes } from "./cell";
import { RecurrentPlan } from "./plan";
import { clear } from "./rows";

/*
 * State rows: level 0 holds the B initial states, level t + 1 the states after step t; the row before (t, i) is row i of
 * level t, since sequences are sorted by falling length. A row is [hidden | the cell's states] with a projection, else the
 * cell's states, of which the first is the hidden state.
 */

// @ts-ignore: decorator
@inline
export function firstRow(first: i32, step: i32): i32 {
  return load<i32>(first + (step << 2));
}

/** State row index of level t: 0 for the initial states, B + first[t − 1] after that. */
// @ts-ignore: decorator
@inline
export function level(first: i32, sequences: i32, t: i32): i32 {
  return t == 0 ? 0 : sequences + firstRow(first, t - 1);
}

/** Begins a batch of so many sequences from states of 0 at `initial`, right before the rows of the first step. */
export function recurrentBegin(plan: RecurrentPlan, sequences: i32, initial: i32): void {
  const bytes = sequences * plan.statesStride;
  plan.sequences = sequences;
  plan.states = initial;
  clear(initial, bytes);
  if (!plan.dStates) return;
  plan.startDue = 0;
  clear(plan.dStates, bytes);
}

/**
 * Whether steps begin with hidden states of 0, as most sequences do: then the first product is its bias, and no weight has a gradient
 * from it. Looked up rather than told, so that it is true whoever wrote the states.
 */
export function beginsAtZero(plan: RecurrentPlan, from: i32): bool {
  if (from > 0) return false;
  const n = blockBytes(plan.hidden), stride = plan.statesStride;
  let h = plan.states, seen = f32x4.splat(0);
  for (const end = h + plan.sequences * stride; h < end; h += stride) {
    for (let o = 0; o < n; o += 16) seen = v128.or(seen, v128.load(h + o));
  }
  return !v128.any_true(seen);
}
