/*
 * Connectionist temporal classification (Graves et al. 2006): −ln Σ over all alignments of Π p(t, symbol), in logarithms.
 * The S = 2 U + 1 places of an alignment are  blank, label, blank, label … blank;  a step stays at its place, goes on to the
 * next, or passes over a blank between two unlike labels.
 *   α_t(s) = ln p(t, l_s) + ln Σ of α_{t−1} over the places that lead to s       α_{−1}: 0 at place 0
 *   β_t(s) = ln Σ of ln p(t+1, ·) + β_{t+1} over the places that s leads to      beyond the end: 0 at place S − 1
 *   L = −ln (e^α(S − 1) + e^α(S − 2)) of the last step      ∂L/∂y(t, c) = p(t, c) − Σ_{s: l_s = c} e^(α_t(s) + β_t(s) + L)
 * In memory a step is [row, ln Σ e^y, −∞, −∞, α …] in float64: the places before the first have no probability.
 */
import { addLogs, exp64, log64 } from "../float64";
import { rowMaximum } from "../layers/softmax";
import { clearRow, exponentials, scaleRow } from "./crossEntropy";

/** Bytes of a step before its first place. */
const HEAD: i32 = 32;

/** −∞ for places −2 … S + 1 but 0 for one. */
function beginAt(step: i32, places: i32, one: i32): void {
  for (let s = -2; s < places + 2; s++) store<f64>(step + HEAD + (s << 3), s == one ? 0 : -Infinity);
}

/** Symbol of a place, in bytes of a row. */
function symbolAt(labels: i32, s: i32, blank: i32): i32 {
  return (s & 1 ? load<i32>(labels + (s >> 1 << 2)) : blank) << 2;
}

/** From a place, its neighbour `next` bytes away and, over a blank, that one's: s is the later end of the way over. */
function reach(place: i32, next: i32, labels: i32, s: i32): f64 {
  const sum = addLogs(load<f64>(place), load<f64>(place + next)), at = labels + (s >> 1 << 2);
  const passes = s & 1 && s > 1 && load<i32>(at) != load<i32>(at - 4);
  return passes ? addLogs(sum, load<f64>(place + next + next)) : sum;
}

/** The steps of a sequence that count: p into dY, α into memory. Returns the last. */
function forward(
  dY: i32, dYStride: i32, y: i32, yStride: i32, first: i32, labels: i32, places: i32, weights: i32, step: i32, stride: i32,
  rank: i32, steps: i32, width: i32, blank: i32,
): i32 {
  for (; steps > 0; steps--, first += 4) {
    const row = load<i32>(first) + rank, to = dY + row * dYStride, from = y + row * yStride;
    if (row >= load<i32>(first + 4)) break;
    if (weights && load<f32>(weights + (row << 2)) == 0) {
      clearRow(to, width);
      continue;
    }
    const largest = rowMaximum(from, width), sum = exponentials(to, from, width, largest);
    const logSum = log64(sum) + <f64>largest, last = step + HEAD;
    scaleRow(to, width, 1 / sum);
    step += stride;
    beginAt(step, 0, -3);
    store<i32>(step, row);
    store<f64>(step + 8, logSum);
    for (let s = 0; s < places; s++) {
      const own = <f64>load<f32>(from + symbolAt(labels, s, blank)) - logSum;
      store<f64>(step + HEAD + (s << 3), own + reach(last + (s << 3), -8, labels, s));
    }
  }
  return step;
}

/** One step of the way back: β, which holds ln p(t+1, ·) + β_{t+1}, moves on to this step; e^(α + β + L) is taken off p. */
function backward(dY: i32, y: i32, step: i32, beta: i32, labels: i32, places: i32, blank: i32, loss: f64): void {
  for (let s = 0; s < places; s++) {
    const o = HEAD + (s << 3), symbol = symbolAt(labels, s, blank), here = reach(beta + o, 8, labels, s + 2);
    const share = exp64(load<f64>(step + o) + here + loss);
    store<f32>(dY + symbol, load<f32>(dY + symbol) - <f32>share);
    store<f64>(beta + o, here + <f64>load<f32>(y + symbol) - load<f64>(step + 8));
  }
}

/**
 * Σ w · L / max(U, 1) / total over sequences, and its gradient by the logits in dY.
 * dY, y [rows, width] with their row strides in bytes; first i32 [steps + 1] rows of each step, the sequences of a step by
 * rank; labels i32 [sequences, labelStride bytes]: U, the labels, one more; w [rows], the first that is not 0 being the
 * sequence's, or address 0. A row of weight 0 is no step of the alignment: its gradient is 0. room: 8 · (5 + 2 U) bytes for
 * each step and two more. Where there is no alignment L is ∞, or 0 where that is wanted; its gradient is 0.
 */
export function ctc(
  dY: i32, dYStride: i32, y: i32, yStride: i32, first: i32, labels: i32, labelStride: i32, weights: i32, room: i32,
  sequences: i32, steps: i32, width: i32, blank: i32, zeroInfinity: i32, total: f64,
): f64 {
  let mean: f64 = 0;
  for (let rank = 0; rank < sequences; rank++, labels += labelStride) {
    const count = load<i32>(labels), own = labels + 4, places = 2 * count + 1, stride = HEAD + (places << 3);
    beginAt(room, places, 0);
    let step = forward(
      dY, dYStride, y, yStride, first, own, places, weights, room, stride, rank, steps, width, blank,
    );
    if (step == room) continue;
    const weight: f64 = weights ? <f64>load<f32>(weights + (load<i32>(room + stride) << 2)) : 1;
    const end = step + stride, beta = end, share = weight / <f64>max(count, 1);
    const loss = -addLogs(load<f64>(end - 8), load<f64>(end - 16)), isPossible = loss < Infinity;
    if (!zeroInfinity || loss != Infinity) mean += share * loss;
    beginAt(beta, places, places - 1);
    for (; step > room; step -= stride) {
      const row = load<i32>(step), to = dY + row * dYStride;
      if (isPossible) backward(to, y + row * yStride, step, beta, own, places, blank, loss);
      scaleRow(to, width, isPossible ? <f32>(share / total) : 0);
    }
  }
  return total > 0 ? mean / total : 0;
}
