import { CHOICES, CHOICE_BYTES, gateValue } from "../gateOptions";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Gated recurrent unit with any activations f, g and a clip of what goes into them, one time step of one sequence; reset after
 * the product (ONNX `linear_before_reset = 1`).
 *   r  = φ(p_r + q_r)            reset gate
 *   z  = φ(p_z + q_z)            update gate; 1 keeps the old state
 *   n  = γ(p_n + r ⊙ q_n)        candidate
 *   h' = n + z ⊙ (h − n)
 * p, q [3·H] blocks r, z, n      state [H] h      saved [7·H] r, z, n, q_n and the slopes of r, z, n      choices f, g
 */
@unmanaged
export class GruGeneral extends Cell {
  gates(): i32 { return 3; }
  recurrentBlocks(): i32 { return 3; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    const slopes = load<i32>(options) ? n << 2 : 0, limit = v128.load32_splat(options, 4);
    const F = options + CHOICES, G = F + CHOICE_BYTES;
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, s = slopes ? row + slopes : 0, sn = slopes ? n : 0;
      const qn = v128.load(q + n2 + at);
      const r = gateValue(row, s, f32x4.add(v128.load(row), v128.load(q + at)), limit, F);
      const z = gateValue(row + n, s + sn, f32x4.add(v128.load(row + n), v128.load(q + n + at)), limit, F);
      const a = f32x4.add(v128.load(row + n2), f32x4.mul(r, qn));
      const candidate = gateValue(row + n2, s + 2 * sn, a, limit, G);
      v128.store(row + n3, qn);
      v128.store(next + at, f32x4.add(candidate, f32x4.mul(z, f32x4.sub(v128.load(prev + at), candidate))));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const n2 = n << 1, n3 = n2 + n;
    for (let at = 0; at < n; at += 16) {
      const row = gates + at, slopes = row + (n << 2), to = dq + at;
      const r = v128.load(row), z = v128.load(row + n), candidate = v128.load(row + n2), qn = v128.load(row + n3);
      const dh = v128.load(dState + at);
      // h' = n + z ⊙ (h − n)
      const dz = f32x4.mul(f32x4.mul(dh, f32x4.sub(v128.load(prev + at), candidate)), v128.load(slopes + n));
      const dn = f32x4.mul(f32x4.mul(dh, f32x4.sub(one(), z)), v128.load(slopes + n2));
      // n = γ(p_n + r ⊙ q_n)
      const dr = f32x4.mul(f32x4.mul(dn, qn), v128.load(slopes));
      v128.store(row, dr);
      v128.store(row + n, dz);
      v128.store(row + n2, dn);
      v128.store(to, dr);
      v128.store(to + n, dz);
      v128.store(to + n2, f32x4.mul(dn, r));
      v128.store(dState + at, f32x4.mul(dh, z));
    }
  }
}

export function gruGeneral(plan: RecurrentPlan): void {
  describe<GruGeneral>(plan);
}
