import { sigmoid, tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { LateCell, describeLate } from "../cell";

/**
 * Gated recurrent unit, one time step of one sequence; reset before the product (Cho et al. 2014; Keras `reset_after=False`,
 * ONNX `linear_before_reset = 0`).
 *   r  = σ(p_r + q_r)                     reset gate
 *   z  = σ(p_z + q_z)                     update gate; 1 keeps the old state
 *   n  = tanh(p_n + W_hn (r ⊙ h) + b_hn)  candidate; the product is the driver's late product
 *   h' = n + z ⊙ (h − n)
 * p [3·H] blocks r, z, n      q [2·H] r, z      late [H]      state [H] h      saved [3·H] r, z, n      dq, dLate are dp
 */
@unmanaged
export class GruResetBefore extends LateCell {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 2; }
  lateBlocks(): i32 { return 1; }
  states(): i32 { return 1; }

  gate(n: i32, gated: i32, gates: i32, q: i32, h: i32, options: i32): void {
    for (let end = gates + n; gates < end; gates += 16, q += 16, h += 16, gated += 16) {
      const r = sigmoid(f32x4.add(v128.load(gates), v128.load(q)));
      v128.store(gates, r);
      v128.store(gated, f32x4.mul(r, v128.load(h)));
    }
  }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1;
    for (let end = gates + n; gates < end; gates += 16, q += 16, late += 16, prev += 16, next += 16) {
      const z = sigmoid(f32x4.add(v128.load(gates + n), v128.load(q + n)));
      const candidate = tanh(f32x4.add(v128.load(gates + n2), v128.load(late)));
      v128.store(gates + n, z);
      v128.store(gates + n2, candidate);
      v128.store(next, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(v128.load(prev), candidate))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1;
    const ones = one();
    for (let end = gates + n; gates < end; gates += 16, prev += 16, dState += 16) {
      const z = v128.load(gates + n), candidate = v128.load(gates + n2);
      const dh = v128.load(dState);
      // h' = n + z ⊙ (h − n)
      const keep = f32x4.sub(ones, z);
      v128.store(gates + n, f32x4.mul(f32x4.mul(dh, f32x4.sub(v128.load(prev), candidate)), f32x4.mul(z, keep)));
      v128.store(gates + n2, f32x4.mul(f32x4.mul(dh, keep), f32x4.sub(ones, f32x4.mul(candidate, candidate))));
      v128.store(dState, f32x4.mul(dh, z));
    }
  }

  gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32, options: i32): void {
    const ones = one();
    for (let end = gates + n; gates < end; gates += 16, dH += 16, dGated += 16, h += 16) {
      const r = v128.load(gates), d = v128.load(dGated);
      // gated = r ⊙ h
      v128.store(gates, f32x4.mul(f32x4.mul(d, v128.load(h)), f32x4.mul(r, f32x4.sub(ones, r))));
      v128.store(dH, f32x4.add(v128.load(dH), f32x4.mul(d, r)));
    }
  }
}

export function gruResetBefore(plan: RecurrentPlan): void {
  describeLate<GruResetBefore>(plan);
}
