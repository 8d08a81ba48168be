import { sigmoid } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Minimal LSTM, one time step of one sequence (Feng et al. 2024, the linear-space equations): gates see the input only, and
 * share out 1 between keeping and writing.
 *   f  = σ(p_f), i = σ(p_i)                 forget and input gate
 *   n  = p_n                                candidate
 *   w  = i / (f + i)                        share that is written; 1 − w is kept
 *   h' = h + w ⊙ (n − h)
 * p [3·H] blocks f, i, n      state [H] h      saved [3·H] f, i, n
 */
@unmanaged
export class MinLstm extends Cell {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 0; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const f = sigmoid(v128.load(gates + at)), i = sigmoid(v128.load(gates + n + at)), h = v128.load(prev + at);
      v128.store(gates + at, f);
      v128.store(gates + n + at, i);
      const w = f32x4.div(i, f32x4.add(f, i));
      v128.store(next + at, f32x4.add(h, f32x4.mul(w, f32x4.sub(v128.load(gates + (n << 1) + at), h))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const ones = one();
    for (let at = 0; at < n; at += 16) {
      const f = v128.load(gates + at), i = v128.load(gates + n + at), dh = v128.load(dState + at);
      const sum = f32x4.add(f, i), w = f32x4.div(i, sum), keep = f32x4.div(f, sum);
      // h' = h + w ⊙ (n − h);  ∂w/∂i = (1 − w) / (f + i),  ∂w/∂f = −w / (f + i)
      const dw = f32x4.div(f32x4.mul(dh, f32x4.sub(v128.load(gates + (n << 1) + at), v128.load(prev + at))), sum);
      const df = f32x4.mul(f32x4.neg(f32x4.mul(dw, w)), f32x4.mul(f, f32x4.sub(ones, f)));
      v128.store(gates + at, df);
      v128.store(gates + n + at, f32x4.mul(f32x4.mul(dw, keep), f32x4.mul(i, f32x4.sub(ones, i))));
      v128.store(gates + (n << 1) + at, f32x4.mul(dh, w));
      v128.store(dState + at, f32x4.mul(dh, keep));
    }
  }
}

export function minLstm(plan: RecurrentPlan): void {
  describe<MinLstm>(plan);
}
