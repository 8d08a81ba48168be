import { blockBytes } from "./cell";
import { CHOICES, CHOICE_BYTES, gateValue } from "./gateOptions";
import { normalizeRow, normalizeRowBackward } from "./layers/layerNorm";
import { NormPlan, RecurrentPlan } from "./plan";

/*
 * The output of a long short-term memory whose cell state is normalised on its way out (Ba, Kiros & Hinton 2016, eq. 20–22):
 *   h' = o ⊙ h(gain ⊙ LN(c') + bias)
 * done over before and undone ahead of the cell's own equations, which stay as they are, and so does the state c'.
 *
 * The gate row of such a cell: G blocks of gates, o the last of them; h(c'); the slope of each of these; and behind them what is
 * kept here: ĉ' [Hp], 1/σ [4], the gradient of the normalised c' [Hp]. h is the third choice of its options.
 */

/** h' in `next` anew from c' beside it, and what the gate rows keep of it; after the cell. */
export function normalizedOutput(plan: RecurrentPlan, rows: i32, next: i32, nextStride: i32, gates: i32): void {
  const norm = changetype<NormPlan>(plan.normState), n = blockBytes(plan.units), half = (plan.gateBlocks + 1) * n;
  const slopes = plan.training ? half : 0, choice = plan.options + CHOICES + 2 * CHOICE_BYTES;
  for (let t = gates + half - n; rows > 0; rows--, next += nextStride, t += plan.gatesStride) {
    normalizeRow(norm, t, t + half + n, next + n);
    for (let at = t; at < t + n; at += 16) {
      const value = gateValue(at, slopes ? at + slopes : 0, v128.load(at), f32x4.splat(Infinity), choice);
      v128.store(next + at - t, f32x4.mul(v128.load(at - n), value));
    }
  }
}

/** dc' += what comes through the output, and the slope becomes 0, so that the cell adds nothing to it; before the cell. */
export function normalizedOutputBackward(plan: RecurrentPlan, rows: i32, dState: i32, gates: i32): void {
  const norm = changetype<NormPlan>(plan.normState), n = blockBytes(plan.units), half = (plan.gateBlocks + 1) * n;
  for (let o = gates + half - 2 * n; rows > 0; rows--, dState += plan.statesStride, o += plan.gatesStride) {
    const slope = o + n + half, kept = slope + n, dY = kept + n + 16, dC = dState + n;
    for (let at = 0; at < n; at += 16) {
      const dT = f32x4.mul(v128.load(dState + at), v128.load(o + at));
      v128.store(dY + at, f32x4.mul(dT, v128.load(slope + at)));
    }
    normalizeRowBackward(norm, slope, dY, kept);
    for (let at = 0; at < n; at += 16) {
      v128.store(dC + at, f32x4.add(v128.load(dC + at), v128.load(slope + at)));
      v128.store(slope + at, f32x4.splat(0));
    }
  }
}
