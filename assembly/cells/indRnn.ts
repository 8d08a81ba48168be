import { CHOICES, gateValue } from "../gateOptions";
import { RecurrentPlan } from "../plan";
import { CellWithOwn, describeOwn } from "../cell";

/**
 * Independently recurrent network, one time step of one sequence (Li et al. 2018): each unit sees only its own past.
 *   h' = f(p + u ⊙ h)
 * p [H]      state [H] h      own [H] u      saved [H] slope of f      choice f
 */
@unmanaged
export class IndRnn extends CellWithOwn {
  gates(): i32 { return 1; }
  recurrentBlocks(): i32 { return 0; }
  states(): i32 { return 1; }

  forward(n: i32, next: i32, gates: i32, q: i32, late: i32, prev: i32, own: i32, options: i32): void {
    const limit = v128.load32_splat(options, 4), isTraining = load<i32>(options);
    for (let at = 0; at < n; at += 16) {
      const a = f32x4.add(v128.load(gates + at), f32x4.mul(v128.load(own + at), v128.load(prev + at)));
      gateValue(next + at, isTraining ? gates + at : 0, a, limit, options + CHOICES);
    }
  }

  backward(n: i32, dState: i32, gates: i32, dq: i32, prev: i32, next: i32, own: i32, options: i32): void {
    for (let at = 0; at < n; at += 16) {
      const da = f32x4.mul(v128.load(dState + at), v128.load(gates + at));
      v128.store(gates + at, da);
      v128.store(dState + at, f32x4.mul(da, v128.load(own + at)));
    }
  }

  ownGradient(n: i32, dOwn: i32, dp: i32, prev: i32, next: i32): void {
    for (let at = 0; at < n; at += 16) {
      v128.store(dOwn + at, f32x4.add(v128.load(dOwn + at), f32x4.mul(v128.load(dp + at), v128.load(prev + at))));
    }
  }
}

export function indRnn(plan: RecurrentPlan): void {
  describeOwn<IndRnn>(plan);
}
