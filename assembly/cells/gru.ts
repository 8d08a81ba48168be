import { sigmoidOfSum } from "../gateRows";
import { tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Gated recurrent unit, one time step of one sequence; reset after the product (Cho et al. 2014, as cuDNN and PyTorch compute it).
 *   r  = σ(p_r + q_r)            reset gate
 *   z  = σ(p_z + q_z)            update gate; 1 keeps the old state
 *   n  = tanh(p_n + r ⊙ q_n)     candidate
 *   h' = n + z ⊙ (h − n)
 * p, q [3·H] blocks r, z, n      state [H] h      saved [4·H] r, z, n, q_n
 */
@unmanaged
export class Gru extends Cell {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 3; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    sigmoidOfSum(gates, gates, q, n2);
    for (let end = gates + n; gates < end; gates += 16, q += 16, prev += 16, next += 16) {
      const r = v128.load(gates), z = v128.load(gates + n), qn = v128.load(q + n2);
      const candidate = tanh(f32x4.add(v128.load(gates + n2), f32x4.mul(r, qn)));
      v128.store(gates + n2, candidate);
      v128.store(gates + n3, qn);
      v128.store(next, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(v128.load(prev), candidate))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    const ones = one();
    for (let end = gates + n; gates < end; gates += 16, dq += 16, prev += 16, dState += 16) {
      const r = v128.load(gates), z = v128.load(gates + n), candidate = v128.load(gates + n2), qn = v128.load(gates + n3);
      const dh = v128.load(dState);
      // h' = n + z ⊙ (h − n)
      const keep = f32x4.sub(ones, z);
      const dz = f32x4.mul(f32x4.mul(dh, f32x4.sub(v128.load(prev), candidate)), f32x4.mul(z, keep));
      // n = tanh(p_n + r ⊙ q_n)
      const dn = f32x4.mul(f32x4.mul(dh, keep), f32x4.sub(ones, f32x4.mul(candidate, candidate)));
      const dr = f32x4.mul(f32x4.mul(dn, qn), f32x4.mul(r, f32x4.sub(ones, r)));
      v128.store(gates, dr);
      v128.store(gates + n, dz);
      v128.store(gates + n2, dn);
      v128.store(dq, dr);
      v128.store(dq + n, dz);
      v128.store(dq + n2, f32x4.mul(dn, r));
      v128.store(dState, f32x4.mul(dh, z));
    }
  }
}

export function gru(plan: RecurrentPlan): void {
  describe<Gru>(plan);
}
