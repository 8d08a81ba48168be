import { RecurrentPlan } from "./plan";

/*
 * The contract of a recurrent cell, and how the driver in sequence.ts reaches it.
 *
 * A cell is the gate equations of one row: a class without memory, of abstract methods only (a default method would dispatch on
 * a class id below address 0 and trap). `describe` writes its sizes and the table places of its loops over rows into a plan;
 * within a loop every call is inlined, so the driver pays one indirect call a step, not one a row, and exists once.
 *
 * Sizes are in blocks of H; n = bytes of a padded block; addresses are of rows.
 */

@unmanaged
export abstract class Cell {
  /** Blocks of p. */
  abstract gates(): i32;
  /** Leading blocks of q. */
  abstract recurrentBlocks(): i32;
  /** State vectors, h first. */
  abstract states(): i32;
  /** p in `gates`, q, late → next [S·Hp]; leaves in `gates` what backward needs. */
  abstract forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void;
  /** Turns the gradient of `next` in `dState` into that of `prev` (without the products), the saved `gates` into dp, and
   * writes dq unless it is dp. */
  abstract backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void;
}

/** A cell with a second recurrent product, of a state that one of its gates has passed. */
@unmanaged
export abstract class LateCell extends Cell {
  /** Blocks of the late product. */
  abstract lateBlocks(): i32;
  /** Writes the gated state that the late product multiplies. */
  abstract gate(n: i32, gated: i32, gates: i32, q: i32, h: i32, options: i32): void;
  /** From the gradient of the gated state to dp of its gate, and dH += … */
  abstract gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32, options: i32): void;
}

/** A cell with parameters of its own beside W_ih, W_hh and the biases: vectors [blocks·H]. */
@unmanaged
export abstract class CellWithOwn extends Cell {
  /** dOwn [blocks·Hp] += … for one row whose gate rows hold dp. */
  abstract ownGradient(n: i32, dOwn: i32, dp: i32, prev: i32, next: i32): void;
}

/** Bytes of a padded block. */
// @ts-ignore: decorator
@inline
export function blockBytes(units: i32): i32 {
  return ((units + 3) & ~3) << 2;
}

function forwardRows<C extends Cell>(plan: RecurrentPlan, rows: i32, next: i32, nextStride: i32, gates: i32, prev: i32): void {
  const n = blockBytes(plan.units), stride = plan.statesStride, gatesStride = plan.gatesStride;
  const own = plan.own, options = plan.options, qStride = plan.recurrentBlocks * n, lateStride = plan.lateBlocks * n;
  let q = plan.q, late = plan.late;
  for (; rows > 0; rows--) {
    changetype<C>(0).forward(n, next, gates, q, late, prev, own, options);
    next += nextStride; gates += gatesStride; q += qStride; late += lateStride; prev += stride;
  }
}

function backwardRows<C extends Cell>(
  plan: RecurrentPlan, rows: i32, dState: i32, dp: i32, dq: i32, prev: i32, next: i32, nextStride: i32,
): void {
  const n = blockBytes(plan.units), stride = plan.statesStride, gatesStride = plan.gatesStride, dQStride = plan.dQStride;
  const own = plan.own, options = plan.options;
  for (; rows > 0; rows--) {
    changetype<C>(0).backward(n, dState, dp, dq, prev, next, own, options);
    dState += stride; dp += gatesStride; dq += dQStride; prev += stride; next += nextStride;
  }
}

function gateRows<C extends LateCell>(plan: RecurrentPlan, rows: i32, gated: i32, gates: i32, h: i32, hStride: i32): void {
  const n = blockBytes(plan.units), gatesStride = plan.gatesStride, qStride = plan.recurrentBlocks * n, options = plan.options;
  let q = plan.q;
  for (; rows > 0; rows--) {
    changetype<C>(0).gate(n, gated, gates, q, h, options);
    gated += n; gates += gatesStride; q += qStride; h += hStride;
  }
}

function gateBackwardRows<C extends LateCell>(
  plan: RecurrentPlan, rows: i32, dH: i32, dHStride: i32, dp: i32, h: i32, hStride: i32,
): void {
  const n = blockBytes(plan.units), gatesStride = plan.gatesStride, options = plan.options;
  let dGated = plan.dGated;
  for (; rows > 0; rows--) {
    changetype<C>(0).gateBackward(n, dH, dp, dGated, h, options);
    dH += dHStride; dp += gatesStride; dGated += n; h += hStride;
  }
}

function ownGradientRows<C extends CellWithOwn>(
  plan: RecurrentPlan, rows: i32, dp: i32, prev: i32, next: i32, nextStride: i32,
): void {
  const n = blockBytes(plan.units), stride = plan.statesStride, gatesStride = plan.gatesStride, dOwn = plan.dOwn;
  for (; rows > 0; rows--) {
    changetype<C>(0).ownGradient(n, dOwn, dp, prev, next);
    dp += gatesStride; prev += stride; next += nextStride;
  }
}

/** Writes a cell into a plan. */
export function describe<C extends Cell>(plan: RecurrentPlan): void {
  plan.gateBlocks = changetype<C>(0).gates();
  plan.recurrentBlocks = changetype<C>(0).recurrentBlocks();
  plan.stateBlocks = changetype<C>(0).states();
  plan.forwardRows = ((p: RecurrentPlan, rows: i32, next: i32, nextStride: i32, gates: i32, prev: i32): void =>
    forwardRows<C>(p, rows, next, nextStride, gates, prev)).index;
  if (isDefined(WAY_BACK)) {
    plan.backwardRows = ((
      p: RecurrentPlan, rows: i32, dState: i32, dp: i32, dq: i32, prev: i32, next: i32, nextStride: i32,
    ): void => backwardRows<C>(p, rows, dState, dp, dq, prev, next, nextStride)).index;
  }
}

/** The same for a cell with a late product. */
export function describeLate<C extends LateCell>(plan: RecurrentPlan): void {
  describe<C>(plan);
  plan.lateBlocks = changetype<C>(0).lateBlocks();
  plan.gateRows = ((p: RecurrentPlan, rows: i32, gated: i32, gates: i32, h: i32, hStride: i32): void =>
    gateRows<C>(p, rows, gated, gates, h, hStride)).index;
  if (isDefined(WAY_BACK)) {
    plan.gateBackwardRows = ((p: RecurrentPlan, rows: i32, dH: i32, dHStride: i32, dp: i32, h: i32, hStride: i32): void =>
      gateBackwardRows<C>(p, rows, dH, dHStride, dp, h, hStride)).index;
  }
}

/** The same for a cell with parameters of its own. */
export function describeOwn<C extends CellWithOwn>(plan: RecurrentPlan): void {
  describe<C>(plan);
  if (isDefined(WAY_BACK)) {
    plan.ownGradientRows = ((p: RecurrentPlan, rows: i32, dp: i32, prev: i32, next: i32, nextStride: i32): void =>
      ownGradientRows<C>(p, rows, dp, prev, next, nextStride)).index;
  }
}
