import { sigmoid, tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { LateCell, describeLate } from "../cell";

/**
 * Minimal gated unit, one time step of one sequence (Zhou et al. 2016).
 *   f  = σ(p_f + q_f)                     forget gate; 1 takes the candidate
 *   n  = tanh(p_n + W_hn (f ⊙ h) + b_hn)  candidate; the product is the driver's late product
 *   h' = h + f ⊙ (n − h)
 * p [2·H] blocks f, n      q [H] f      late [H]      state [H] h      saved [3·H] f, n, f      dq, dLate are dp
 */
@unmanaged
export class Mgu extends LateCell {
  gates(): i32 { return 2; }
  recurrentBlocks(): i32 { return 1; }
  lateBlocks(): i32 { return 1; }
  states(): i32 { return 1; }

  gate(n: i32, gated: i32, gates: i32, q: i32, h: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const f = sigmoid(f32x4.add(v128.load(gates + at), v128.load(q + at)));
      v128.store(gates + at, f);
      v128.store(gates + (n << 1) + at, f);
      v128.store(gated + at, f32x4.mul(f, v128.load(h + at)));
    }
  }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const f = v128.load(gates + at), h = v128.load(prev + at);
      const candidate = tanh(f32x4.add(v128.load(gates + n + at), v128.load(late + at)));
      v128.store(gates + n + at, candidate);
      v128.store(next + at, f32x4.add(h, f32x4.mul(f, f32x4.sub(candidate, h))));
    }
  }

  /** Leaves the gradient of f that comes through h' in its block; `gateBackward` adds the rest and the slope. */
  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const ones = one();
    for (let at = 0; at < n; at += 16) {
      const f = v128.load(gates + at), candidate = v128.load(gates + n + at), dh = v128.load(dState + at);
      // h' = h + f ⊙ (n − h)
      v128.store(gates + at, f32x4.mul(dh, f32x4.sub(candidate, v128.load(prev + at))));
      v128.store(gates + n + at, f32x4.mul(f32x4.mul(dh, f), f32x4.sub(ones, f32x4.mul(candidate, candidate))));
      v128.store(dState + at, f32x4.mul(dh, f32x4.sub(ones, f)));
    }
  }

  gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32, options: i32): void {
    const ones = one();
    for (let at = 0; at < n; at += 16) {
      const f = v128.load(gates + (n << 1) + at), d = v128.load(dGated + at);
      // gated = f ⊙ h
      const df = f32x4.add(v128.load(gates + at), f32x4.mul(d, v128.load(h + at)));
      v128.store(gates + at, f32x4.mul(df, f32x4.mul(f, f32x4.sub(ones, f))));
      v128.store(dH + at, f32x4.add(v128.load(dH + at), f32x4.mul(d, f)));
    }
  }
}

export function mgu(plan: RecurrentPlan): void {
  describeLate<Mgu>(plan);
}
