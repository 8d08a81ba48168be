import { one } from "../simd";
import { adadeltaDirection, adamaxDirection, adamDirection, lionDirection, momentumDirection, rmsDirection } from "./directions";
import { RANGE_BYTES } from "./ranges";

const MOMENTUM: i32 = 1;
const ADAM: i32 = 2;
const RMS: i32 = 3;
const ADADELTA: i32 = 4;
const ADAMAX: i32 = 5;
const LION: i32 = 6;

/**
 * One update of every parameter in the ranges, by the direction of code `rule` (0 is the gradient itself).
 *   coupled decay:    g = dW + decay · W           decoupled:  W ·= 1 − rate · decay
 *   W −= rate / correction · direction(g)
 * Slots are twin blocks of the parameters; those a rule does not keep have address 0.
 */
export function moveParameters(
  rule: i32, decoupled: i32, ranges: i32, count: i32, parameters: i32, gradients: i32, slot0: i32, slot1: i32, slot2: i32,
  rate: f64, correction: f64, a: f32, b: f32, c: f32, d: f32, e: f32, f: f32, h: f32,
): void {
  const A = f32x4.splat(a), B = f32x4.splat(b), C = f32x4.splat(c), D = f32x4.splat(d);
  const E = f32x4.splat(e), F = f32x4.splat(f), H = f32x4.splat(h);
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    const ownRate = rate * <f64>load<f32>(ranges, 8), decay = load<f32>(ranges, 12);
    const step = f32x4.splat(<f32>(ownRate / correction)), coupled = f32x4.splat(decoupled ? 0 : decay);
    const keep = decoupled ? f32x4.splat(<f32>(1 - ownRate * <f64>decay)) : one();
    let o = load<i32>(ranges) << 2;
    const end = o + (load<i32>(ranges, 4) << 2);
    // The plain gradient and plain Adam by themselves: to choose a direction for every vector takes a third of Adam's time.
    if (!rule) {
      for (; o < end; o += 16) {
        const value = v128.load(parameters + o), x = f32x4.add(v128.load(gradients + o), f32x4.mul(coupled, value));
        v128.store(parameters + o, f32x4.sub(f32x4.mul(value, keep), f32x4.mul(step, x)));
      }
    }
    if (rule == ADAM && !slot2 && h == 0) {
      for (; o < end; o += 16) {
        const value = v128.load(parameters + o), g = f32x4.add(v128.load(gradients + o), f32x4.mul(coupled, value));
        const x = adamDirection(g, slot0 + o, slot1 + o, 0, A, B, C, D, E, F, f32x4.splat(0));
        v128.store(parameters + o, f32x4.sub(f32x4.mul(value, keep), f32x4.mul(step, x)));
      }
    }
    for (; o < end; o += 16) {
      const value = v128.load(parameters + o);
      const s0 = slot0 + o, s1 = slot1 + o, s2 = slot2 + o;
      let x = f32x4.add(v128.load(gradients + o), f32x4.mul(coupled, value));
      switch (rule) {
        case MOMENTUM: x = momentumDirection(x, s0, A, B, C); break;
        case ADAM: x = adamDirection(x, s0, s1, slot2 ? s2 : 0, A, B, C, D, E, F, H); break;
        case RMS: x = rmsDirection(x, slot0 ? s0 : 0, s1, slot2 ? s2 : 0, A, B, C, D, E, F, H); break;
        case ADADELTA: x = adadeltaDirection(x, s0, s1, C, D, F); break;
        case ADAMAX: x = adamaxDirection(x, s0, s1, A, B, C, F); break;
        case LION: x = lionDirection(x, s0, A, B, C, D); break;
      }
      v128.store(parameters + o, f32x4.sub(f32x4.mul(value, keep), f32x4.mul(step, x)));
    }
  }
}
