import { CHOICES, CHOICE_BYTES, gateValue } from "../gateOptions";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { LateCell, describeLate } from "../cell";

/**
 * Gated recurrent unit with any activations f, g and a clip of what goes into them, one time step of one sequence; reset before
 * the product (Keras `reset_after=False`, ONNX's default).
 *   r  = φ(p_r + q_r)                     reset gate
 *   z  = φ(p_z + q_z)                     update gate; 1 keeps the old state
 *   n  = γ(p_n + W_hn (r ⊙ h) + b_hn)     candidate; the product is the driver's late product
 *   h' = n + z ⊙ (h − n)
 * p [3·H] blocks r, z, n      q [2·H] r, z      late [H]      state [H] h      saved [6·H] r, z, n and the slope of each
 * dq, dLate are dp      choices f, g
 */
@unmanaged
export class GruResetBeforeGeneral extends LateCell {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 2; }
  lateBlocks(): i32 { return 1; }
  states(): i32 { return 1; }

  gate(n: i32, gated: i32, gates: i32, q: i32, h: i32, options: i32): void {
    const slopes = load<i32>(options) ? 3 * n : 0, limit = v128.load32_splat(options, 4);
    for (let at = 0; at < n; at += 16) {
      const row = gates + at;
      const r = gateValue(row, slopes ? row + slopes : 0, f32x4.add(v128.load(row), v128.load(q + at)), limit, options + CHOICES);
      v128.store(gated + at, f32x4.mul(r, v128.load(h + at)));
    }
  }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1;
    const slopes = load<i32>(options) ? n << 2 : 0, limit = v128.load32_splat(options, 4);
    const F = options + CHOICES, G = F + CHOICE_BYTES;
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, s = slopes ? row + slopes : 0;
      const z = gateValue(row + n, s, f32x4.add(v128.load(row + n), v128.load(q + n + at)), limit, F);
      const a = f32x4.add(v128.load(row + n2), v128.load(late + at));
      const candidate = gateValue(row + n2, slopes ? s + n : 0, a, limit, G);
      v128.store(next + at, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(v128.load(prev + at), candidate))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1;
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, slopes = row + (n << 2);
      const z = v128.load(row + n), candidate = v128.load(row + n2), dh = v128.load(dState + at);
      // h' = n + z ⊙ (h − n)
      v128.store(row + n, f32x4.mul(f32x4.mul(dh, f32x4.sub(v128.load(prev + at), candidate)), v128.load(slopes)));
      v128.store(row + n2, f32x4.mul(f32x4.mul(dh, f32x4.sub(one(), z)), v128.load(slopes + n)));
      v128.store(dState + at, f32x4.mul(dh, z));
    }
  }

  gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, r = v128.load(row), d = v128.load(dGated + at);
      // gated = r ⊙ h
      v128.store(row, f32x4.mul(f32x4.mul(d, v128.load(h + at)), v128.load(row + 3 * n)));
      v128.store(dH + at, f32x4.add(v128.load(dH + at), f32x4.mul(d, r)));
    }
  }
}

export function gruResetBeforeGeneral(plan: RecurrentPlan): void {
  describeLate<GruResetBeforeGeneral>(plan);
}
