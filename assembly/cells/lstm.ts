import { sigmoidOfSum, tanhOfSum } from "../gateRows";
import { tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Long short-term memory, one time step of one sequence (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000).
 *   i  = σ(p_i + q_i)            input gate
 *   f  = σ(p_f + q_f)            forget gate
 *   g  = tanh(p_g + q_g)         candidate
 *   o  = σ(p_o + q_o)            output gate
 *   c' = f ⊙ c + i ⊙ g
 *   h' = o ⊙ tanh(c')
 * p, q [4·H] blocks i, f, g, o      state [2·H] h, c      saved [5·H] i, f, g, o, tanh c'      dq is dp
 */
@unmanaged
export class Lstm extends Cell {
  gates(): i32 { return 4; }
  recurrentBlocks(): i32 { return 4; }
  states(): i32 { return 2; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n, n4 = n2 << 1;
    sigmoidOfSum(gates, gates, q, n2);
    tanhOfSum(gates + n2, gates + n2, q + n2, n);
    sigmoidOfSum(gates + n3, gates + n3, q + n3, n);
    for (let end = gates + n; gates < end; gates += 16, prev += 16, next += 16) {
      const i = v128.load(gates), f = v128.load(gates + n), g = v128.load(gates + n2), o = v128.load(gates + n3);
      const c = f32x4.add(f32x4.mul(f, v128.load(prev + n)), f32x4.mul(i, g));
      const t = tanh(c);
      v128.store(gates + n4, t);
      v128.store(next, f32x4.mul(o, t));
      v128.store(next + n, c);
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n, n4 = n2 << 1;
    const ones = one(), zero = f32x4.splat(0);
    for (let end = gates + n; gates < end; gates += 16, prev += 16, dState += 16) {
      const i = v128.load(gates), f = v128.load(gates + n), g = v128.load(gates + n2);
      const o = v128.load(gates + n3), t = v128.load(gates + n4);
      const dh = v128.load(dState);
      // h' = o ⊙ tanh(c')
      const dO = f32x4.mul(dh, t);
      const dc = f32x4.add(v128.load(dState + n), f32x4.mul(f32x4.mul(dh, o), f32x4.sub(ones, f32x4.mul(t, t))));
      // c' = f ⊙ c + i ⊙ g, each gradient times the slope of its gate
      v128.store(gates, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(ones, i))));
      v128.store(gates + n, f32x4.mul(f32x4.mul(dc, v128.load(prev + n)), f32x4.mul(f, f32x4.sub(ones, f))));
      v128.store(gates + n2, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(ones, f32x4.mul(g, g))));
      v128.store(gates + n3, f32x4.mul(dO, f32x4.mul(o, f32x4.sub(ones, o))));
      v128.store(dState, zero);
      v128.store(dState + n, f32x4.mul(dc, f));
    }
  }
}

export function lstm(plan: RecurrentPlan): void {
  describe<Lstm>(plan);
}
