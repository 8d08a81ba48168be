import { product } from "./matmul";
import { OUTER_ROWS, biasGradient, packedWeightGradient, weightGradient } from "./outer";
import { pack, packBias, packTransposed, panelsOfEight } from "./panels";
import { RecurrentPlan } from "./plan";

/*
 * Time, written once. A cell is its gate equations for one row of one step; everything else is here: products, packed rows,
 * the order of steps, initial and final states, BPTT, probes and the weight gradients.
 *
 *   forward    p = W_ih x + b_ih (chunks of steps) · then each step: mask ⊙ h → q = W_hh h + b_hh → gate → late → cell
 *   backward   each step from the last: dh += dOutput → probe → cell → late → gate → dh_prev += W_hhᵀ dq (⊙ mask)
 *   gradients  once, over all rows, in ascending order
 *
 * State rows: level 0 holds the B initial states, level t + 1 the states after step t; the row before (t, i) is row i of
 * level t, since sequences are sorted by falling length.
 */

/** The gate equations of one row. Sizes in blocks of H; addresses of rows; n = bytes of a padded block. Only abstract members:
 * a default method would dispatch on a class id below address 0 and trap. */
@unmanaged
export abstract class Cell {
  /** Blocks of p. */
  abstract gates(): i32;
  /** Leading blocks of q. */
  abstract recurrentBlocks(): i32;
  /** Blocks of the second product, of a gated state; 0 for most. */
  abstract lateBlocks(): i32;
  /** State vectors, h first. */
  abstract states(): i32;
  /** p in `gates`, q, late → next [S·Hp]; leaves in `gates` what backward needs. */
  abstract forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void;
  /** Turns the gradient of `next` in `dState` into that of `prev` (without the products), the saved `gates` into dp, and
   * writes dq unless it is dp. */
  abstract backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void;
  /** Where there is a late product: writes the gated state that it multiplies. */
  abstract gate(n: i32, gated: i32, gates: i32, q: i32, h: i32): void;
  /** From the gradient of the gated state to dp of its gate, and dH += … */
  abstract gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32): void;
}

/** Rows of p computed at a time: enough for full tiles, few enough to be read again from the cache. */
const CHUNK_ROWS: i32 = 64;

/** Gate rows that a plan without a way back needs room for, or one step's where that is more. */
export function chunkRows(): i32 {
  return CHUNK_ROWS;
}

// @ts-ignore: decorator
@inline
function firstRow(first: i32, step: i32): i32 {
  return load<i32>(first + (step << 2));
}

/** State row index of level t: 0 for the initial states, B + first[t − 1] after that. */
// @ts-ignore: decorator
@inline
function level(first: i32, sequences: i32, t: i32): i32 {
  return t == 0 ? 0 : sequences + firstRow(first, t - 1);
}

/** Packs what the products read; `back` also for the way back. Once per change of the parameters. */
export function recurrentPack(plan: RecurrentPlan, gates: i32, recurrentBlocks: i32, back: i32): void {
  const H = plan.units, D = plan.inputSize;
  const late = plan.panelsLate ? gates - recurrentBlocks : 0;
  const lateFrom = recurrentBlocks * H;
  pack(plan.panelsIh, plan.weightIh, gates, H, D);
  pack(plan.panelsHh, plan.weightHh, recurrentBlocks, H, H);
  if (late) pack(plan.panelsLate, plan.weightHh + ((lateFrom * H) << 2), late, H, H);
  if (plan.biasIh) packBias(plan.rowIh, plan.biasIh, gates, H);
  if (plan.biasHh) {
    packBias(plan.rowHh, plan.biasHh, recurrentBlocks, H);
    if (late) packBias(plan.rowLate, plan.biasHh + (lateFrom << 2), late, H);
  }
  if (!back) return;
  if (plan.dX) packTransposed(plan.backIh, plan.weightIh, gates, H, D);
  packTransposed(plan.backHh, plan.weightHh, recurrentBlocks, H, H);
  if (late) packTransposed(plan.backLate, plan.weightHh + ((lateFrom * H) << 2), late, H, H);
}

/** Steps from … to − 1 of one layer in one direction. */
export function forward<C extends Cell>(plan: RecurrentPlan, from: i32, to: i32): void {
  const first = plan.first;
  let t = from;
  while (t < to) {
    let end = t + 1;
    const start = firstRow(first, t);
    while (end < to && firstRow(first, end + 1) - start <= CHUNK_ROWS) end++;
    const origin = plan.training ? 0 : start;
    const gates = plan.gates + (start - origin) * plan.gatesStride;
    const rows = firstRow(first, end) - start;
    const N = changetype<C>(0).gates() * ((plan.units + 3) & ~3);
    product(gates, plan.gatesStride, plan.rowIh, 0, plan.x + start * plan.xStride, plan.xStride, plan.panelsIh, rows, N, plan.inputSize);
    for (; t < end; t++) forwardStep<C>(plan, t, origin);
  }
}

function forwardStep<C extends Cell>(plan: RecurrentPlan, t: i32, origin: i32): void {
  const first = plan.first, row = firstRow(first, t), rows = firstRow(first, t + 1) - row;
  const H = plan.units, Hp = (H + 3) & ~3, n = Hp << 2, stride = plan.statesStride;
  const gatesStride = plan.gatesStride, own = plan.own, options = plan.options;
  const prev = plan.states + level(first, plan.sequences, t) * stride;
  const next = plan.states + (plan.sequences + row) * stride;
  const gates = plan.gates + (row - origin) * gatesStride;
  const q = plan.q, late = plan.late;
  const qStride = changetype<C>(0).recurrentBlocks() * n, lateStride = changetype<C>(0).lateBlocks() * n;
  let h = prev, hStride = stride;
  if (plan.mask) {
    h = plan.masked; hStride = n;
    for (let i = 0; i < rows; i++) multiplyRow(h + i * n, prev + i * stride, plan.mask + i * n, n);
  }
  if (changetype<C>(0).recurrentBlocks() > 0) {
    product(q, qStride, plan.rowHh, 0, h, hStride, plan.panelsHh, rows, qStride >> 2, H);
  }
  if (changetype<C>(0).lateBlocks() > 0) {
    const gated = plan.gated + (plan.training ? row * n : 0);
    for (let i = 0; i < rows; i++) changetype<C>(0).gate(n, gated + i * n, gates + i * gatesStride, q + i * qStride, h + i * hStride);
    product(late, lateStride, plan.rowLate, 0, gated, n, plan.panelsLate, rows, lateStride >> 2, H);
  }
  for (let i = 0; i < rows; i++) {
    const at = i * stride;
    changetype<C>(0).forward(n, next + at, gates + i * gatesStride, q + i * qStride, late + i * lateStride, prev + at, own, options);
  }
  if (H & 3) for (let i = 0; i < rows; i++) clearPadding(next + i * stride, H, n, changetype<C>(0).states());
}

/** Steps to − 1 … from, in that order; `dStates` comes in as the gradient of the final states. */
export function backward<C extends Cell>(plan: RecurrentPlan, from: i32, to: i32): void {
  for (let t = to - 1; t >= from; t--) backwardStep<C>(plan, t);
  if (!plan.dX) return;
  const start = firstRow(plan.first, from), rows = firstRow(plan.first, to) - start;
  const K = changetype<C>(0).gates() * ((plan.units + 3) & ~3);
  product(
    plan.dX + start * plan.dXStride, plan.dXStride, 0, 0, plan.gates + start * plan.gatesStride, plan.gatesStride, plan.backIh,
    rows, (plan.inputSize + 3) & ~3, K,
  );
}

function backwardStep<C extends Cell>(plan: RecurrentPlan, t: i32): void {
  const first = plan.first, row = firstRow(first, t), rows = firstRow(first, t + 1) - row;
  const Hp = (plan.units + 3) & ~3, n = Hp << 2, stride = plan.statesStride;
  const prev = plan.states + level(first, plan.sequences, t) * stride;
  const next = plan.states + (plan.sequences + row) * stride;
  const gatesStride = plan.gatesStride, dQStride = plan.dQStride, dStates = plan.dStates;
  const dp = plan.gates + row * gatesStride, dq = plan.dQ + row * dQStride;
  const own = plan.own, options = plan.options;
  if (plan.dOutput) {
    const dOutput = plan.dOutput + row * plan.dOutputStride;
    for (let i = 0; i < rows; i++) addRow(dStates + i * stride, dOutput + i * plan.dOutputStride, n);
  }
  if (plan.probe) probe(plan.probe + ((t * changetype<C>(0).states()) << 3), dStates, stride, rows, n, changetype<C>(0).states());
  for (let i = 0; i < rows; i++) {
    const at = i * stride;
    changetype<C>(0).backward(n, dStates + at, dp + i * gatesStride, dq + i * dQStride, prev + at, next + at, own, options);
  }
  let h = prev, hStride = stride, dH = dStates, dHStride = stride;
  if (plan.mask) {
    h = plan.masked; hStride = n;
    dH = h + plan.sequences * n; dHStride = n;
    memory.fill(dH, 0, rows * n);
    for (let i = 0; i < rows; i++) multiplyRow(h + i * n, prev + i * stride, plan.mask + i * n, n);
  }
  if (changetype<C>(0).lateBlocks() > 0) {
    const dLate = plan.dLate + row * plan.dLateStride, dGated = plan.dGated;
    product(dGated, n, 0, 0, dLate, plan.dLateStride, plan.backLate, rows, Hp, changetype<C>(0).lateBlocks() * Hp);
    for (let i = 0; i < rows; i++) {
      changetype<C>(0).gateBackward(n, dH + i * dHStride, dp + i * gatesStride, dGated + i * n, h + i * hStride);
    }
  }
  const K = changetype<C>(0).recurrentBlocks() * Hp;
  if (K > 0) product(dH, dHStride, dH, dHStride, dq, dQStride, plan.backHh, rows, Hp, K);
  if (plan.mask) for (let i = 0; i < rows; i++) addMasked(dStates + i * stride, dH + i * n, plan.mask + i * n, n);
}

/** Weight gradients of steps from … to − 1, over all their rows in ascending order. */
export function recurrentGradients(plan: RecurrentPlan, gates: i32, recurrentBlocks: i32, from: i32, to: i32): void {
  const H = plan.units, D = plan.inputSize, start = firstRow(plan.first, from), rows = firstRow(plan.first, to) - start;
  const dp = plan.gates + start * plan.gatesStride, dq = plan.dQ + start * plan.dQStride;
  if (plan.dWeightIh) {
    weightGradient(plan.dWeightIh, plan.scratch, dp, plan.gatesStride, plan.x + start * plan.xStride, plan.xStride, rows, gates, H, D);
  }
  if (plan.dBiasIh) biasGradient(plan.dBiasIh, dp, plan.gatesStride, rows, gates, H);
  if (plan.dBiasHh) biasGradient(plan.dBiasHh, dq, plan.dQStride, rows, recurrentBlocks, H);
  if (plan.dWeightHh && recurrentBlocks) recurrentWeightGradient(plan, recurrentBlocks, from, to);
  if (!plan.panelsLate) return;
  const late = gates - recurrentBlocks, n = ((H + 3) & ~3) << 2, dLate = plan.dLate + start * plan.dLateStride;
  const dWeight = plan.dWeightHh + ((recurrentBlocks * H * H) << 2), gated = plan.gated + start * n;
  if (plan.dWeightHh) weightGradient(dWeight, plan.scratch, dLate, plan.dLateStride, gated, n, rows, late, H, H);
  if (plan.dBiasHh) biasGradient(plan.dBiasHh + ((recurrentBlocks * H) << 2), dLate, plan.dLateStride, rows, late, H);
}

/**
 * dW_hh += Σ dq hᵀ with h of the step before. Where the batch does not shrink, those rows lie at a constant distance and one
 * product takes them; elsewhere they are gathered into panels step by step.
 */
function recurrentWeightGradient(plan: RecurrentPlan, blocks: i32, from: i32, to: i32): void {
  const first = plan.first, B = plan.sequences, stride = plan.statesStride, H = plan.units;
  const start = firstRow(first, from), rows = firstRow(first, to) - start;
  if (plan.mask) return gatherWeightGradient(plan, blocks, from, to);
  const shift = level(first, B, from) - start;
  let t = from + 1;
  while (t < to && level(first, B, t) - firstRow(first, t) == shift) t++;
  if (t < to) return gatherWeightGradient(plan, blocks, from, to);
  const dq = plan.dQ + start * plan.dQStride;
  weightGradient(plan.dWeightHh, plan.scratch, dq, plan.dQStride, plan.states + (start + shift) * stride, stride, rows, blocks, H, H);
}

function gatherWeightGradient(plan: RecurrentPlan, blocks: i32, from: i32, to: i32): void {
  const first = plan.first, B = plan.sequences, stride = plan.statesStride, H = plan.units, n = ((H + 3) & ~3) << 2;
  const last = firstRow(first, to);
  let t = from, done = firstRow(first, from);
  while (done < last) {
    const rows = min(OUTER_ROWS, last - done);
    let filled = 0;
    while (filled < rows) {
      const stepRow = firstRow(first, t), inStep = done + filled - stepRow;
      const take = min(rows - filled, firstRow(first, t + 1) - stepRow - inStep);
      const source = plan.states + (level(first, B, t) + inStep) * stride;
      const to8 = plan.scratch + (filled << 5);
      if (plan.mask) {
        for (let i = 0; i < take; i++) multiplyRow(plan.masked + i * n, source + i * stride, plan.mask + (inStep + i) * n, n);
        panelsOfEight(to8, rows << 5, plan.masked, n, take, H);
      } else panelsOfEight(to8, rows << 5, source, stride, take, H);
      filled += take;
      if (inStep + take == firstRow(first, t + 1) - stepRow) t++;
    }
    packedWeightGradient(plan.dWeightHh, plan.scratch, plan.dQ + done * plan.dQStride, plan.dQStride, rows, blocks, H, H);
    done += rows;
  }
}

// --------------------------------------------------------------------------------------------------------------- row helpers

function multiplyRow(to: i32, a: i32, b: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.mul(v128.load(a + o), v128.load(b + o)));
}

function addRow(to: i32, from: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.add(v128.load(to + o), v128.load(from + o)));
}

function addMasked(to: i32, from: i32, mask: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) {
    v128.store(to + o, f32x4.add(v128.load(to + o), f32x4.mul(v128.load(from + o), v128.load(mask + o))));
  }
}

/** Lanes H … Hp − 1 of each state become 0, since f(0) need not be. */
function clearPadding(row: i32, H: i32, n: i32, states: i32): void {
  for (let state = 0; state < states; state++, row += n) {
    for (let o = H << 2; o < n; o += 4) store<f32>(row + o, 0);
  }
}

/** sums[s] += Σ over rows of the squared norm of state s, in float64. */
function probe(sums: i32, dStates: i32, stride: i32, rows: i32, n: i32, states: i32): void {
  for (let state = 0; state < states; state++) {
    let sum: f64 = 0;
    for (let row = 0; row < rows; row++) {
      const at = dStates + row * stride + state * n;
      for (let o = 0; o < n; o += 4) {
        const value = <f64>load<f32>(at + o);
        sum += value * value;
      }
    }
    store<f64>(sums + (state << 3), sum);
  }
}
