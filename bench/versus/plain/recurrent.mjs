import { cells } from "./cells.mjs";

/**
 * A recurrent layer over a batch in plain JavaScript: one loop inside another over Float32Arrays, rows time-major [T, B, …].
 * Reading tokens, it takes columns of W_ih instead of multiplying with one-hot rows.
 */
export class PlainRecurrent {
  /** @param weights { weight_ih [G·H, D], weight_hh [G·H, H], bias_ih, bias_hh [G·H] }, updated by others in place */
  constructor({ cell, inputSize, units, steps, batchSize, isReverse = false }, weights) {
    this.cell = cells[cell];
    Object.assign(this, { D: inputSize, H: units, T: steps, B: batchSize, isReverse, weights });
    const { gates, states, kept } = this.cell;
    this.width = states * units;
    this.states = new Float32Array((steps + 1) * batchSize * this.width);
    this.kept = new Float32Array(steps * batchSize * kept * units);
    this.gradients = Object.fromEntries(
      Object.entries(weights).map(([key, { length }]) => [key, new Float32Array(length)]),
    );
    [this.p, this.q, this.dp, this.dq] = Array.from({ length: 4 }, () => new Float32Array(gates * units));
    this.dStates = new Float32Array(batchSize * this.width);
    this.output = new Float32Array(steps * batchSize * units);
  }

  /** Step number `index` in the order of reading. */
  stepAt(index) {
    return this.isReverse ? this.T - 1 - index : index;
  }

  /** @param source rows [T, B, D], or tokens [T, B]; first: initial states [B, states · H] or none */
  forward(source, first) {
    const { T, B, H, width, states, output } = this;
    const isTokens = source instanceof Int32Array;
    if (first === undefined) states.fill(0, 0, B * width);
    else states.set(first);
    for (let index = 0; index < T; index++) {
      const t = this.stepAt(index);
      for (let b = 0; b < B; b++) {
        const [prev, next] = [(index * B + b) * width, ((index + 1) * B + b) * width];
        if (isTokens) this.#take(source[t * B + b]);
        else this.#project(source, (t * B + b) * this.D);
        this.#recur(prev);
        const kept = { array: this.kept, at: (index * B + b) * this.cell.kept * H };
        this.cell.forward(H, this.p, this.q, { array: states, at: prev }, { array: states, at: next }, kept);
        output.set(states.subarray(next, next + H), (t * B + b) * H);
      }
    }
    return output;
  }

  /** States after the last step read: [B, states · H]. */
  get last() {
    return this.states.subarray(this.T * this.B * this.width);
  }

  #take(token) {
    const { p, D } = this;
    const { weight_ih, bias_ih } = this.weights;
    for (let g = 0; g < p.length; g++) p[g] = bias_ih[g] + weight_ih[g * D + token];
  }

  #project(source, from) {
    const { p, D } = this;
    const { weight_ih, bias_ih } = this.weights;
    for (let g = 0; g < p.length; g++) {
      let sum = bias_ih[g];
      for (let d = 0; d < D; d++) sum += weight_ih[g * D + d] * source[from + d];
      p[g] = sum;
    }
  }

  #recur(prev) {
    const { q, H, states } = this;
    const { weight_hh, bias_hh } = this.weights;
    for (let g = 0; g < q.length; g++) {
      let sum = bias_hh[g];
      for (let j = 0; j < H; j++) sum += weight_hh[g * H + j] * states[prev + j];
      q[g] = sum;
    }
  }

  /**
   * @param dOutput [T, B, H]; dSource, where wanted, is added to; dLast: gradient of the last states
   * @returns gradient of the initial states [B, states · H]
   */
  backward(source, dOutput, dSource, dLast) {
    const { T, B, H, width, dStates } = this;
    if (dLast === undefined) dStates.fill(0);
    else dStates.set(dLast);
    for (let index = T - 1; index >= 0; index--) {
      const t = this.stepAt(index);
      for (let b = 0; b < B; b++) {
        const d = dStates.subarray(b * width, (b + 1) * width);
        for (let i = 0; i < H; i++) d[i] += dOutput[(t * B + b) * H + i];
        const prev = (index * B + b) * width;
        const kept = { array: this.kept, at: (index * B + b) * this.cell.kept * H };
        this.cell.backward(H, this.dp, this.dq, d, { array: this.states, at: prev }, kept);
        if (source instanceof Int32Array) this.#putBack(source[t * B + b]);
        else this.#projectBack(source, dSource, (t * B + b) * this.D);
        this.#recurBack(prev, d);
      }
    }
    return dStates;
  }

  #putBack(token) {
    const { dp, D } = this;
    const { weight_ih, bias_ih } = this.gradients;
    for (let g = 0; g < dp.length; g++) {
      bias_ih[g] += dp[g];
      weight_ih[g * D + token] += dp[g];
    }
  }

  #projectBack(source, dSource, from) {
    const { dp, D } = this;
    const { weight_ih, bias_ih } = this.gradients;
    for (let g = 0; g < dp.length; g++) {
      const value = dp[g];
      bias_ih[g] += value;
      for (let d = 0; d < D; d++) weight_ih[g * D + d] += value * source[from + d];
      if (dSource === undefined) continue;
      for (let d = 0; d < D; d++) dSource[from + d] += value * this.weights.weight_ih[g * D + d];
    }
  }

  #recurBack(prev, d) {
    const { dq, H, states } = this;
    const { weight_hh, bias_hh } = this.gradients;
    for (let g = 0; g < dq.length; g++) {
      const value = dq[g];
      bias_hh[g] += value;
      for (let j = 0; j < H; j++) {
        weight_hh[g * H + j] += value * states[prev + j];
        d[j] += value * this.weights.weight_hh[g * H + j];
      }
    }
  }
}
