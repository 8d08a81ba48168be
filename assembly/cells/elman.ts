import { CHOICES, gateValue } from "../gateOptions";
import { tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, describe } from "../cell";

/**
 * Elman network, one time step of one sequence (Elman 1990).
 *   h' = f(p + q)
 * p, q [H]      state [H] h      dq is dp
 *
 * Two classes: tanh, fused and with nothing saved but h' itself; and any activation with a clip, which saves its slope.
 */
@unmanaged
export class ElmanTanh extends Cell {
  gates(): i32 { return 1; }
  recurrentBlocks(): i32 { return 1; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    for (let o = 0; o < n; o += 16) v128.store(next + o, tanh(f32x4.add(v128.load(gates + o), v128.load(q + o))));
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const ones = one(), zero = f32x4.splat(0);
    for (let o = 0; o < n; o += 16) {
      const h = v128.load(next + o);
      v128.store(gates + o, f32x4.mul(v128.load(dState + o), f32x4.sub(ones, f32x4.mul(h, h))));
      v128.store(dState + o, zero);
    }
  }
}

/** saved [H] slope of f      choice f; a = p + q is clipped first (ONNX) */
@unmanaged
export class ElmanAny extends Cell {
  gates(): i32 { return 1; }
  recurrentBlocks(): i32 { return 1; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const limit = v128.load32_splat(options, 4), isTraining = load<i32>(options);
    for (let o = 0; o < n; o += 16) {
      const a = f32x4.add(v128.load(gates + o), v128.load(q + o));
      gateValue(next + o, isTraining ? gates + o : 0, a, limit, options + CHOICES);
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const zero = f32x4.splat(0);
    for (let o = 0; o < n; o += 16) {
      v128.store(gates + o, f32x4.mul(v128.load(dState + o), v128.load(gates + o)));
      v128.store(dState + o, zero);
    }
  }
}

export function elmanTanh(plan: RecurrentPlan): void {
  describe<ElmanTanh>(plan);
}

export function elman(plan: RecurrentPlan): void {
  describe<ElmanAny>(plan);
}
