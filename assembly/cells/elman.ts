import { activate, slope } from "../activations";
import { tanh } from "../math";
import { one } from "../simd";
import { RecurrentPlan } from "../plan";
import { Cell, backward, forward } from "../sequence";

/**
 * Elman network, one time step of one sequence (Elman 1990).
 *   h' = f(p + q)
 * p, q [H]      state [H] h      dq is dp
 *
 * Two classes: tanh, fused and with nothing saved but h' itself; and any activation, which saves a = p + q.
 */
@unmanaged
export class ElmanTanh extends Cell {
  gates(): i32 { return 1; }
  recurrentBlocks(): i32 { return 1; }
  lateBlocks(): i32 { return 0; }
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

  gate(n: i32, gated: i32, gates: i32, q: i32, h: i32): void {}
  gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32): void {}
}

/** options: i32 activation code, f32 alpha, f32 beta. saved [H] a = p + q */
@unmanaged
export class ElmanAny extends Cell {
  gates(): i32 { return 1; }
  recurrentBlocks(): i32 { return 1; }
  lateBlocks(): i32 { return 0; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const code = load<i32>(options), alpha = load<f32>(options, 4), beta = load<f32>(options, 8);
    for (let o = 0; o < n; o += 16) {
      const a = f32x4.add(v128.load(gates + o), v128.load(q + o));
      v128.store(gates + o, a);
      v128.store(next + o, activate(code, a, alpha, beta));
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    const code = load<i32>(options), alpha = load<f32>(options, 4), beta = load<f32>(options, 8);
    const zero = f32x4.splat(0);
    for (let o = 0; o < n; o += 16) {
      const f = slope(code, v128.load(gates + o), v128.load(next + o), alpha, beta);
      v128.store(gates + o, f32x4.mul(v128.load(dState + o), f));
      v128.store(dState + o, zero);
    }
  }

  gate(n: i32, gated: i32, gates: i32, q: i32, h: i32): void {}
  gateBackward(n: i32, dH: i32, gates: i32, dGated: i32, h: i32): void {}
}

export function elmanTanhForward(plan: RecurrentPlan, from: i32, to: i32): void {
  forward<ElmanTanh>(plan, from, to);
}

export function elmanTanhBackward(plan: RecurrentPlan, from: i32, to: i32): void {
  backward<ElmanTanh>(plan, from, to);
}

export function elmanForward(plan: RecurrentPlan, from: i32, to: i32): void {
  forward<ElmanAny>(plan, from, to);
}

export function elmanBackward(plan: RecurrentPlan, from: i32, to: i32): void {
  backward<ElmanAny>(plan, from, to);
}
