import { blockBytes } from "./cell";
import { RecurrentPlan } from "./plan";
import { addRow } from "./stateRows";

/*
 * Zoneout, one step of it: units keep their old state (Krueger et al. 2016). `plan.zoneout` has the share of it that stays, `plan.raw` what
 * the cell itself gave.
 *   next = raw + share ⊙ (prev − raw)        backward: share ⊙ dnext goes past the cell, the rest through it
 */

/** What zoneout keeps of the state before. */
export function keepZoneout(plan: RecurrentPlan, row: i32, rows: i32, next: i32, raw: i32, prev: i32): void {
  const bytes = plan.stateBlocks * blockBytes(plan.units), stride = plan.statesStride;
  const share = plan.zoneout + row * plan.zoneoutStride;
  for (let i = 0; i < rows; i++) {
    const at = i * stride;
    keepShare(next + at, raw + i * bytes, prev + at, share + i * plan.zoneoutStride, bytes);
  }
}

/** The part of the gradient that zoneout leads past the cell. */
export function splitZoneout(plan: RecurrentPlan, row: i32, rows: i32): void {
  const bytes = plan.stateBlocks * blockBytes(plan.units), share = plan.zoneout + row * plan.zoneoutStride;
  const dCell = plan.dStates + plan.cellOffset, stride = plan.statesStride;
  for (let i = 0; i < rows; i++) splitShare(plan.dKept + i * bytes, dCell + i * stride, share + i * plan.zoneoutStride, bytes);
}

/** And where it comes back, to the gradient of the state before. */
export function joinZoneout(plan: RecurrentPlan, rows: i32): void {
  const bytes = plan.stateBlocks * blockBytes(plan.units), dCell = plan.dStates + plan.cellOffset, stride = plan.statesStride;
  for (let i = 0; i < rows; i++) addRow(dCell + i * stride, plan.dKept + i * bytes, bytes);
}

/** next = raw + share ⊙ (prev − raw) */
function keepShare(next: i32, raw: i32, prev: i32, share: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) {
    const value = v128.load(raw + o);
    v128.store(next + o, f32x4.add(value, f32x4.mul(v128.load(share + o), f32x4.sub(v128.load(prev + o), value))));
  }
}

/** kept = share ⊙ d, and d loses it. */
function splitShare(kept: i32, d: i32, share: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) {
    const value = v128.load(d + o), part = f32x4.mul(v128.load(share + o), value);
    v128.store(kept + o, part);
    v128.store(d + o, f32x4.sub(value, part));
  }
}
