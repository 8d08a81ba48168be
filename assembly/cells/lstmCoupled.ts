import { CHOICES, CHOICE_BYTES, clip, gateValue } from "../gateOptions";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { CellWithOwn, describeOwn } from "../cell";

/**
 * Long short-term memory with coupled input and forget gates, one time step of one sequence (Greff et al. 2017; ONNX
 * `input_forget = 1`), with the same freedoms as the general LSTM.
 *   i  = φ(p_i + q_i + P_i ⊙ c)      input gate; 1 − i forgets
 *   g  = γ(p_g + q_g)                candidate
 *   c' = clip((1 − i) ⊙ c + i ⊙ g)
 *   o  = φ(p_o + q_o + P_o ⊙ c')     output gate
 *   h' = o ⊙ ψ(c')
 * p, q [3·H] blocks i, g, o      state [2·H] h, c      own [2·H] P_i, P_o, or address 0
 * saved [8·H]: i, g, o, ψ(c') and the slope of each      dq is dp      choices φ, γ, ψ
 */
@unmanaged
export class LstmCoupled extends CellWithOwn {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 3; }
  states(): i32 { return 2; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    const slopes = load<i32>(options) ? n << 2 : 0;
    const limit = v128.load32_splat(options, 4), cellLimit = v128.load32_splat(options, 8);
    const F = options + CHOICES, G = F + CHOICE_BYTES, H = G + CHOICE_BYTES;
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, s = slopes ? row + slopes : 0, sn = slopes ? n : 0;
      const c = v128.load(prev + n + at);
      let ai = f32x4.add(v128.load(row), v128.load(q + at));
      let ao = f32x4.add(v128.load(row + n2), v128.load(q + n2 + at));
      if (own) ai = f32x4.add(ai, f32x4.mul(v128.load(own + at), c));
      const i = gateValue(row, s, ai, limit, F);
      const g = gateValue(row + n, s + sn, f32x4.add(v128.load(row + n), v128.load(q + n + at)), limit, G);
      const cell = clip(f32x4.add(f32x4.mul(f32x4.sub(one(), i), c), f32x4.mul(i, g)), cellLimit);
      if (own) ao = f32x4.add(ao, f32x4.mul(v128.load(own + n + at), cell));
      const o = gateValue(row + n2, s + 2 * sn, ao, limit, F);
      const t = gateValue(row + n3, s + 3 * sn, cell, f32x4.splat(Infinity), H);
      v128.store(next + at, f32x4.mul(o, t));
      v128.store(next + n + at, cell);
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    const cellLimit = v128.load32_splat(options, 8);
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, slopes = row + (n << 2);
      const i = v128.load(row), g = v128.load(row + n), o = v128.load(row + n2), t = v128.load(row + n3);
      const dh = v128.load(dState + at), c = v128.load(prev + n + at), cell = v128.load(next + n + at);
      // h' = o ⊙ ψ(c')
      const dO = f32x4.mul(f32x4.mul(dh, t), v128.load(slopes + n2));
      let dc = f32x4.add(v128.load(dState + n + at), f32x4.mul(f32x4.mul(dh, o), v128.load(slopes + n3)));
      if (own) dc = f32x4.add(dc, f32x4.mul(dO, v128.load(own + n + at)));
      // c' = clip((1 − i) ⊙ c + i ⊙ g)
      dc = v128.and(dc, f32x4.lt(f32x4.abs(cell), cellLimit));
      const di = f32x4.mul(f32x4.mul(dc, f32x4.sub(g, c)), v128.load(slopes));
      let dPrev = f32x4.mul(dc, f32x4.sub(one(), i));
      if (own) dPrev = f32x4.add(dPrev, f32x4.mul(di, v128.load(own + at)));
      v128.store(row, di);
      v128.store(row + n, f32x4.mul(f32x4.mul(dc, i), v128.load(slopes + n)));
      v128.store(row + n2, dO);
      v128.store(dState + at, f32x4.splat(0));
      v128.store(dState + n + at, dPrev);
    }
  }

  ownGradient(n: i32, dOwn: i32, dp: i32, prev: i32, next: i32): void {
    const n2 = n << 1;
    for (let at = 0; at < n; at += 16) {
      const to = dOwn + at, row = dp + at;
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(row), v128.load(prev + n + at))));
      v128.store(to + n, f32x4.add(v128.load(to + n), f32x4.mul(v128.load(row + n2), v128.load(next + n + at))));
    }
  }
}

export function lstmCoupled(plan: RecurrentPlan): void {
  describeOwn<LstmCoupled>(plan);
}
