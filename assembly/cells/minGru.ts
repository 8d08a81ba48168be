import { sigmoid } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Minimal GRU, one time step of one sequence (Feng et al. 2024, the linear-space equations): gates see the input only.
 *   z  = σ(p_z)            update gate; 1 takes the candidate
 *   n  = p_n               candidate
 *   h' = h + z ⊙ (n − h)
 * p [2·H] blocks z, n      state [H] h      saved [2·H] z, n
 */
@unmanaged
export class MinGru extends Cell {
  gates(): i32 { return 2; }
  recurrentBlocks(): i32 { return 0; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const z = sigmoid(v128.load(gates + at)), h = v128.load(prev + at);
      v128.store(gates + at, z);
      v128.store(next + at, f32x4.add(h, f32x4.mul(z, f32x4.sub(v128.load(gates + n + at), h))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const ones = one();
    for (let at = 0; at < n; at += 16) {
      const z = v128.load(gates + at), dh = v128.load(dState + at);
      const keep = f32x4.sub(ones, z);
      // h' = h + z ⊙ (n − h)
      const dz = f32x4.mul(dh, f32x4.sub(v128.load(gates + n + at), v128.load(prev + at)));
      v128.store(gates + at, f32x4.mul(dz, f32x4.mul(z, keep)));
      v128.store(gates + n + at, f32x4.mul(dh, z));
      v128.store(dState + at, f32x4.mul(dh, keep));
    }
  }
}

export function minGru(plan: RecurrentPlan): void {
  describe<MinGru>(plan);
}
