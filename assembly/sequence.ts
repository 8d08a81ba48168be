import { blockBytes } from "./cell";
import { layerNormBackward, layerNormForward } from "./layers/layerNorm";
import { beginsAtZero, firstRow, level } from "./levels";
import { product } from "./matmul";
import { normalizedOutput, normalizedOutputBackward } from "./normalizedOutput";
import { oneHotProduct } from "./oneHot";
import { NormPlan, RecurrentPlan } from "./plan";
import { copyRows } from "./rows";
import { addMasked, addRow, multiplyRow, sumOfSquares } from "./stateRows";
import { joinZoneout, keepZoneout, splitZoneout } from "./zoneout";

/*
 * Time, written once. A cell is its gate equations for one row of one step (cell.ts); here is everything else on the way through
 * time: products, packed rows, the order of steps, initial and final states, recurrent dropout, zoneout, projection, layer
 * normalisation of the products, probes, BPTT.
 *
 *   forward    p = W_ih x + b_ih (chunks of steps) · then each step:
 *              mask ⊙ h → q = W_hh h + b_hh → gate → late product → cell → zoneout → projection
 *   backward   each step from the last:
 *              dh += dOutput → probe → projection → zoneout → cell → late product → gate → dh_prev += W_hhᵀ dq (⊙ mask)
 *
 * With layer normalisation the products start from 0, and p, q and the late product become gain ⊙ LN(product) + b; on the way
 * back the gradients of the products themselves lie apart from dp and dq.
 *
 * What only some layers do stands in functions of its own, which stay calls (scripts/optimizeCore.mjs): inlined, their values
 * would be held through every step of all others, which took a tenth of a small layer's way back.
 */

/** Rows of p computed at a time: enough for full tiles, few enough to be read again from the cache. */
const CHUNK_ROWS: i32 = 64;

/** Gate rows that a plan without a way back needs room for, or one step's where that is more. */
export function chunkRows(): i32 {
  return CHUNK_ROWS;
}

/** Steps from … to − 1 of one layer in one direction. */
export function recurrentForward(plan: RecurrentPlan, from: i32, to: i32): void {
  assert(from >= 0 && from <= to, "recurrentForward: steps out of order");
  assert(plan.gateBlocks > 0 && plan.units > 0 && plan.hidden > 0, "recurrentForward: the plan has no cell or no size");
  assert(plan.states > 0 && plan.gates > 0, "recurrentForward: the plan has no memory");
  const first = plan.first, N = (plan.gateBlocks * blockBytes(plan.units)) >> 2;
  let t = from;
  // A step alone, of a stream, is not worth the look.
  const zeroSteps = to - from > 1 && beginsAtZero(plan, from) ? 1 : 0;
  while (t < to) {
    let end = t + 1;
    const start = firstRow(first, t);
    while (end < to && firstRow(first, end + 1) - start <= CHUNK_ROWS) end++;
    const origin = plan.training ? 0 : start;
    const gates = plan.gates + (start - origin) * plan.gatesStride;
    const rows = firstRow(first, end) - start;
    const stride = plan.gatesStride, xStride = plan.xStride, D = plan.inputSize;
    if (plan.tokens) oneHotProduct(gates, stride, plan.rowIh, plan.tokens + (start << 2), plan.panelsIh, rows, N, D);
    else product(gates, stride, plan.rowIh, 0, plan.x + start * xStride, xStride, plan.panelsIh, rows, N, D);
    if (plan.normIh) layerNormForward(changetype<NormPlan>(plan.normIh), start, rows, gates, plan.gatesStride);
    for (; t < end; t++) forwardStep(plan, t, origin, t < zeroSteps ? 0 : plan.hidden);
  }
}

/** @param K inner steps of the recurrent product: as many as hidden units, or 0 where all of them are 0 */
function forwardStep(plan: RecurrentPlan, t: i32, origin: i32, K: i32): void {
  const first = plan.first, row = firstRow(first, t), rows = firstRow(first, t + 1) - row;
  assert(rows >= 0 && rows <= plan.sequences, "forwardStep: more rows than sequences");
  const n = blockBytes(plan.units), stride = plan.statesStride, offset = plan.cellOffset;
  const prev = plan.states + level(first, plan.sequences, t) * stride;
  const next = plan.states + (plan.sequences + row) * stride;
  const gates = plan.gates + (row - origin) * plan.gatesStride;
  let h = prev, hStride = stride;
  if (plan.mask) {
    h = plan.masked; hStride = blockBytes(plan.hidden);
    maskStates(plan, rows, prev);
  }
  const Q = plan.recurrentBlocks * n;
  if (Q) product(plan.q, Q, plan.rowHh, 0, h, hStride, plan.panelsHh, rows, Q >> 2, K);
  if (plan.normHh) layerNormForward(changetype<NormPlan>(plan.normHh), row, rows, plan.q, Q);
  if (plan.lateBlocks) forwardLate(plan, row, rows, gates, h, hStride);
  const cellPrev = prev + offset, cellNext = next + offset;
  let out = cellNext, outStride = stride;
  if (plan.zoneout) {
    outStride = plan.stateBlocks * n; out = plan.raw + (plan.training ? row * outStride : 0);
  }
  call_indirect<void>(plan.forwardRows, plan, rows, out, outStride, gates, cellPrev);
  if (plan.normState) normalizedOutput(plan, rows, out, outStride, gates);
  if (plan.units & 3) clearPadding(plan, rows, out, outStride);
  if (plan.zoneout) keepZoneout(plan, row, rows, cellNext, out, cellPrev);
  if (plan.panelsHr) product(next, stride, 0, 0, cellNext, stride, plan.panelsHr, rows, blockBytes(plan.hidden) >> 2, plan.units);
}

function forwardLate(plan: RecurrentPlan, row: i32, rows: i32, gates: i32, h: i32, hStride: i32): void {
  const n = blockBytes(plan.units), L = plan.lateBlocks * n, gated = plan.gated + (plan.training ? row * n : 0);
  call_indirect<void>(plan.gateRows, plan, rows, gated, gates, h, hStride);
  product(plan.late, L, plan.rowLate, 0, gated, n, plan.panelsLate, rows, L >> 2, plan.units);
  if (plan.normLate) layerNormForward(changetype<NormPlan>(plan.normLate), row, rows, plan.late, L);
}

/** Lanes H … Hp − 1 of each state become 0, since f(0) need not be. */
function clearPadding(plan: RecurrentPlan, rows: i32, out: i32, outStride: i32): void {
  const from = plan.units << 2, n = blockBytes(plan.units), bytes = plan.stateBlocks * n;
  for (; rows > 0; rows--, out += outStride) {
    for (let row = out, end = out + bytes; row < end; row += n) {
      for (let o = from; o < n; o += 4) store<f32>(row + o, 0);
    }
  }
}

/**
 * Steps to − 1 … from, in that order; `dStates` comes in as the gradient of the final states and ends as that of the initial ones,
 * which `recurrentStartBackward` completes.
 */
export function recurrentBackward(plan: RecurrentPlan, from: i32, to: i32): void {
  assert(plan.training != 0 && plan.dStates > 0, "recurrentBackward: the plan was made for prediction");
  for (let t = to - 1; t >= from; t--) backwardStep(plan, t);
  const start = firstRow(plan.first, from), rows = firstRow(plan.first, to) - start;
  if (plan.normIh) layerNormBackward(changetype<NormPlan>(plan.normIh), start, rows);
  if (!plan.dX) return;
  const K = (plan.gateBlocks * blockBytes(plan.units)) >> 2, stride = plan.dProductIhStride;
  const dProduct = plan.dProductIh + start * stride, dX = plan.dX + start * plan.dXStride;
  product(dX, plan.dXStride, 0, 0, dProduct, stride, plan.backIh, rows, (plan.inputSize + 3) & ~3, K);
}

function backwardStep(plan: RecurrentPlan, t: i32): void {
  const first = plan.first, row = firstRow(first, t), rows = firstRow(first, t + 1) - row;
  const stride = plan.statesStride, offset = plan.cellOffset, dStates = plan.dStates, dCell = dStates + offset;
  const prev = plan.states + level(first, plan.sequences, t) * stride;
  const dp = plan.gates + row * plan.gatesStride, dq = plan.dQ + row * plan.dQStride;
  if (plan.dOutput) {
    const dOutput = plan.dOutput + row * plan.dOutputStride, nh = blockBytes(plan.hidden);
    for (let i = 0; i < rows; i++) addRow(dStates + i * stride, dOutput + i * plan.dOutputStride, nh);
  }
  if (plan.probe) probe(plan, t, rows);
  if (plan.panelsHr) backwardProjection(plan, row, rows);
  let out = plan.states + (plan.sequences + row) * stride + offset, outStride = stride;
  if (plan.zoneout) {
    outStride = plan.stateBlocks * blockBytes(plan.units); out = plan.raw + row * outStride;
    splitZoneout(plan, row, rows);
  }
  if (plan.normState) normalizedOutputBackward(plan, rows, dCell, dp);
  call_indirect<void>(plan.backwardRows, plan, rows, dCell, dp, dq, prev + offset, out, outStride);
  if (plan.zoneout) joinZoneout(plan, rows);
  backwardRecurrence(plan, t, row, rows, prev, dp);
}

/** h = W_hr raw: the gradient goes on to raw, and is kept for dW_hr. */
function backwardProjection(plan: RecurrentPlan, row: i32, rows: i32): void {
  const n = blockBytes(plan.units), nh = blockBytes(plan.hidden), stride = plan.statesStride, dStates = plan.dStates;
  const dCell = dStates + plan.cellOffset;
  copyRows(plan.dProjected + row * nh, nh, dStates, stride, rows, nh);
  product(dCell, stride, dCell, stride, dStates, stride, plan.backHr, rows, n >> 2, nh >> 2);
  for (let i = 0; i < rows; i++) memory.fill(dStates + i * stride, 0, nh);
}

/** From dq, and dp of the late blocks, to the gradient of the hidden state before. */
function backwardRecurrence(plan: RecurrentPlan, t: i32, row: i32, rows: i32, prev: i32, dp: i32): void {
  const stride = plan.statesStride;
  let h = prev, hStride = stride, dH = plan.dStates, dHStride = stride;
  if (plan.mask) {
    h = plan.masked; hStride = dHStride = blockBytes(plan.hidden);
    dH = h + plan.sequences * hStride;
    maskStates(plan, rows, prev);
    memory.fill(dH, 0, rows * hStride);
  }
  if (plan.lateBlocks) backwardLate(plan, row, rows, dH, dHStride, dp, h, hStride);
  if (plan.normHh) layerNormBackward(changetype<NormPlan>(plan.normHh), row, rows);
  if (t == 0 && !plan.mask) plan.startDue = 1;
  else addThroughHh(plan, row, rows, dH, dHStride);
  if (plan.mask) addMaskedRows(plan, rows, dH);
}

/** dH += W_hhᵀ dq */
// @ts-ignore: decorator
@inline
function addThroughHh(plan: RecurrentPlan, row: i32, rows: i32, dH: i32, dHStride: i32): void {
  const K = (plan.recurrentBlocks * blockBytes(plan.units)) >> 2, stride = plan.dProductHhStride;
  if (K) product(dH, dHStride, dH, dHStride, plan.dProductHh + row * stride, stride, plan.backHh, rows, blockBytes(plan.hidden) >> 2, K);
}

/** Completes the gradient of the initial states after `recurrentBackward` down to step 0, once. */
export function recurrentStartBackward(plan: RecurrentPlan): void {
  if (!plan.startDue) return;
  plan.startDue = 0;
  addThroughHh(plan, 0, firstRow(plan.first, 1), plan.dStates, plan.statesStride);
}

function backwardLate(plan: RecurrentPlan, row: i32, rows: i32, dH: i32, dHStride: i32, dp: i32, h: i32, hStride: i32): void {
  const n = blockBytes(plan.units), dLateStride = plan.dProductLateStride, dLate = plan.dProductLate + row * dLateStride;
  if (plan.normLate) layerNormBackward(changetype<NormPlan>(plan.normLate), row, rows);
  product(plan.dGated, n, 0, 0, dLate, dLateStride, plan.backLate, rows, n >> 2, (plan.lateBlocks * n) >> 2);
  call_indirect<void>(plan.gateBackwardRows, plan, rows, dH, dHStride, dp, h, hStride);
}

/** mask ⊙ h of the step before. */
function maskStates(plan: RecurrentPlan, rows: i32, prev: i32): void {
  const nh = blockBytes(plan.hidden);
  for (let i = 0; i < rows; i++) multiplyRow(plan.masked + i * nh, prev + i * plan.statesStride, plan.mask + i * nh, nh);
}

function addMaskedRows(plan: RecurrentPlan, rows: i32, dH: i32): void {
  const nh = blockBytes(plan.hidden);
  for (let i = 0; i < rows; i++) addMasked(plan.dStates + i * plan.statesStride, dH + i * nh, plan.mask + i * nh, nh);
}

/** sums[t, s] = Σ over the batch of the squared norm of the gradient of state s, in float64. */
function probe(plan: RecurrentPlan, t: i32, rows: i32): void {
  const states = plan.stateBlocks, n = blockBytes(plan.units), stride = plan.statesStride, dStates = plan.dStates;
  const sums = plan.probe + ((t * states) << 3);
  store<f64>(sums, sumOfSquares(dStates, stride, rows, blockBytes(plan.hidden)));
  for (let state = 1; state < states; state++) {
    store<f64>(sums + (state << 3), sumOfSquares(dStates + plan.cellOffset + state * n, stride, rows, n));
  }
}
