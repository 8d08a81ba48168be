import { blockBytes } from "./cell";
import { beginsAtZero, firstRow, level } from "./levels";
import { oneHotGradient } from "./oneHot";
import { OUTER_ROWS, biasGradient, packedWeightGradient, weightGradient } from "./outer";
import { copyFloats, pack, packBias, packTransposed, panelsOfRows, unpackBias } from "./panels";
import { RecurrentPlan } from "./plan";
import { multiplyRow } from "./stateRows";

/*
 * The parameters of a recurrent layer: packed before a run, their gradients summed after it, once, over all rows in ascending
 * order. W_hh has the recurrent blocks first, then those of the late product. With layer normalisation the biases are those of
 * its plans (layers/layerNorm.ts), and not here.
 */

/** Packs what the products read; `back` also for the way back. Once per change of the parameters. */
export function recurrentPack(plan: RecurrentPlan, back: i32): void {
  const H = plan.units, D = plan.inputSize, hidden = plan.hidden, gates = plan.gateBlocks;
  const recurrent = plan.recurrentBlocks, late = plan.lateBlocks, lateRows = recurrent * H;
  const weightLate = plan.weightHh + ((lateRows * H) << 2);
  pack(plan.panelsIh, plan.weightIh, gates, H, D);
  if (recurrent) pack(plan.panelsHh, plan.weightHh, recurrent, H, hidden);
  if (late) pack(plan.panelsLate, weightLate, late, H, H);
  if (plan.panelsHr) pack(plan.panelsHr, plan.weightHr, 1, hidden, H);
  if (plan.own) packBias(plan.own, plan.weightOwn, plan.ownBlocks, H);
  if (plan.biasIh) packBias(plan.rowIh, plan.biasIh, gates, H);
  if (plan.biasHh) {
    packBias(plan.rowHh, plan.biasHh, recurrent, H);
    clearSigns(plan.rowHh, recurrent * blockBytes(H));
    if (late) packBias(plan.rowLate, plan.biasHh + (lateRows << 2), late, H);
  }
  if (!back) return;
  if (plan.dX) packTransposed(plan.backIh, plan.weightIh, gates, H, D);
  if (recurrent) packTransposed(plan.backHh, plan.weightHh, recurrent, H, hidden);
  if (late) packTransposed(plan.backLate, weightLate, late, H, H);
  if (plan.panelsHr) packTransposed(plan.backHr, plan.weightHr, 1, hidden, H);
}

/**
 * −0 becomes 0 in n bytes of biases: then a sum is the same whether products with a state of 0 are added to it or left out
 * (`beginsAtZero`).
 */
function clearSigns(row: i32, n: i32): void {
  const zero = f32x4.splat(0);
  for (const end = row + n; row < end; row += 16) v128.store(row, f32x4.add(v128.load(row), zero));
}

/** Weight gradients of steps from … to − 1. */
export function recurrentGradients(plan: RecurrentPlan, from: i32, to: i32): void {
  const H = plan.units, gates = plan.gateBlocks, recurrent = plan.recurrentBlocks, scratch = plan.scratch;
  const start = firstRow(plan.first, from), rows = firstRow(plan.first, to) - start;
  const dpStride = plan.dProductIhStride, dp = plan.dProductIh + start * dpStride;
  const dqStride = plan.dProductHhStride, dq = plan.dProductHh + start * dqStride;
  const dWeight = plan.dWeightIh, x = plan.x + start * plan.xStride, D = plan.inputSize;
  if (plan.tokens) oneHotGradient(dWeight, scratch, dp, dpStride, plan.tokens + (start << 2), rows, gates, H, D);
  else weightGradient(dWeight, scratch, dp, dpStride, x, plan.xStride, rows, gates, H, D);
  const dBiasIh = plan.dBiasIh, dBiasHh = plan.dBiasHh;
  // Where dq is dp, both biases gather the same sums; those that begin with the same bits need them only once.
  const isTwin = dq == dp && gates == recurrent && areTwins(dBiasIh, dBiasHh, gates * H);
  if (dBiasIh) biasGradient(dBiasIh, dp, dpStride, rows, gates, H);
  if (isTwin) copyFloats(dBiasHh, dBiasIh, gates * H);
  else if (dBiasHh) biasGradient(dBiasHh, dq, dqStride, rows, recurrent, H);
  if (recurrent) recurrentWeightGradient(plan, beginsAtZero(plan, from) ? 1 : from, to);
  if (plan.lateBlocks) lateGradients(plan, start, rows);
  if (plan.dWeightHr) projectionGradient(plan, start, rows);
  if (plan.own) ownGradients(plan, from, to);
}

/** Whether two vectors of n values are there, apart, and have the same bits. */
function areTwins(a: i32, b: i32, n: i32): bool {
  if (!a || !b || a == b) return false;
  for (const end = a + (n << 2); a < end; a += 4, b += 4) {
    if (load<i32>(a) != load<i32>(b)) return false;
  }
  return true;
}

function lateGradients(plan: RecurrentPlan, start: i32, rows: i32): void {
  const H = plan.units, n = blockBytes(H), late = plan.lateBlocks, before = plan.recurrentBlocks * H;
  const stride = plan.dProductLateStride, dLate = plan.dProductLate + start * stride, gated = plan.gated + start * n;
  const dWeight = plan.dWeightHh + ((before * H) << 2);
  weightGradient(dWeight, plan.scratch, dLate, stride, gated, n, rows, late, H, H);
  if (plan.dBiasHh) biasGradient(plan.dBiasHh + (before << 2), dLate, stride, rows, late, H);
}

function projectionGradient(plan: RecurrentPlan, start: i32, rows: i32): void {
  const nh = blockBytes(plan.hidden), stride = plan.statesStride;
  const raw = plan.states + (plan.sequences + start) * stride + plan.cellOffset;
  weightGradient(plan.dWeightHr, plan.scratch, plan.dProjected + start * nh, nh, raw, stride, rows, 1, plan.hidden, plan.units);
}

/** Gradients of a cell's own parameters, through a padded copy. */
function ownGradients(plan: RecurrentPlan, from: i32, to: i32): void {
  const first = plan.first, B = plan.sequences, stride = plan.statesStride, offset = plan.cellOffset;
  const H = plan.units, n = blockBytes(H), cellBytes = plan.stateBlocks * n, blocks = plan.ownBlocks;
  packBias(plan.dOwn, plan.dWeightOwn, blocks, H);
  for (let t = from; t < to; t++) {
    const row = firstRow(first, t), rows = firstRow(first, t + 1) - row;
    const prev = plan.states + level(first, B, t) * stride + offset;
    const next = plan.zoneout ? plan.raw + row * cellBytes : plan.states + (B + row) * stride + offset;
    const nextStride = plan.zoneout ? cellBytes : stride;
    call_indirect<void>(plan.ownGradientRows, plan, rows, plan.gates + row * plan.gatesStride, prev, next, nextStride);
  }
  unpackBias(plan.dWeightOwn, plan.dOwn, blocks, H);
}

/**
 * dW_hh += Σ dq hᵀ with h of the step before. Where the batch does not shrink, those rows lie at a constant distance and one
 * product takes them; elsewhere they are gathered into panels step by step.
 */
function recurrentWeightGradient(plan: RecurrentPlan, from: i32, to: i32): void {
  const first = plan.first, B = plan.sequences, stride = plan.statesStride;
  const start = firstRow(first, from), rows = firstRow(first, to) - start;
  if (rows == 0) return;
  if (plan.mask) return gatherWeightGradient(plan, from, to);
  const shift = level(first, B, from) - start;
  let t = from + 1;
  while (t < to && level(first, B, t) - firstRow(first, t) == shift) t++;
  if (t < to) return gatherWeightGradient(plan, from, to);
  const dqStride = plan.dProductHhStride, dq = plan.dProductHh + start * dqStride, h = plan.states + (start + shift) * stride;
  weightGradient(plan.dWeightHh, plan.scratch, dq, dqStride, h, stride, rows, plan.recurrentBlocks, plan.units, plan.hidden);
}

function gatherWeightGradient(plan: RecurrentPlan, from: i32, to: i32): void {
  const first = plan.first, B = plan.sequences, stride = plan.statesStride, hidden = plan.hidden;
  const nh = blockBytes(hidden), last = firstRow(first, to);
  let t = from, done = firstRow(first, from);
  while (done < last) {
    const rows = min(OUTER_ROWS, last - done);
    let filled = 0;
    while (filled < rows) {
      const stepRow = firstRow(first, t), inStep = done + filled - stepRow;
      const take = min(rows - filled, firstRow(first, t + 1) - stepRow - inStep);
      let source = plan.states + (level(first, B, t) + inStep) * stride, sourceStride = stride;
      if (plan.mask) {
        for (let i = 0; i < take; i++) multiplyRow(plan.masked + i * nh, source + i * stride, plan.mask + (inStep + i) * nh, nh);
        source = plan.masked; sourceStride = nh;
      }
      panelsOfRows(plan.scratch, rows, filled, source, sourceStride, take, hidden);
      filled += take;
      if (inStep + take == firstRow(first, t + 1) - stepRow) t++;
    }
    const dqStride = plan.dProductHhStride, dq = plan.dProductHh + done * dqStride;
    packedWeightGradient(plan.dWeightHh, plan.scratch, dq, dqStride, rows, plan.recurrentBlocks, plan.units, hidden);
    done += rows;
  }
}
