import { one } from "../simd";
import { RANGE_BYTES } from "./ranges";

/**
 * Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), in PyTorch's form.
 *   coupled decay:    g = dW + decay · W           decoupled:  W ·= 1 − rate · decay
 *   m = β₁ m + (1 − β₁) g      v = β₂ v + (1 − β₂) g²
 *   W −= (rate / (1 − β₁ᵗ)) · m / (√v / √(1 − β₂ᵗ) + ε)
 * `correction1` = 1 − β₁ᵗ, `correction2` = 1 − β₂ᵗ, in float64 from the caller.
 */
export function adamUpdate(
  ranges: i32, count: i32, parameters: i32, gradients: i32, means: i32, variances: i32, rate: f64, beta1: f64, beta2: f64,
  epsilon: f64, correction1: f64, correction2: f64, decoupled: i32,
): void {
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1 - beta1));
  const b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1 - beta2));
  const root = f32x4.splat(<f32>(1 / sqrt(correction2))), small = f32x4.splat(<f32>epsilon);
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    const offset = load<i32>(ranges) << 2;
    const ownRate = rate * <f64>load<f32>(ranges, 8), decay = load<f32>(ranges, 12);
    const step = f32x4.splat(<f32>(ownRate / correction1));
    const coupled = f32x4.splat(decoupled ? 0 : decay);
    const keep = decoupled ? f32x4.splat(<f32>(1 - ownRate * <f64>decay)) : one();
    let w = parameters + offset, g = gradients + offset, m = means + offset, v = variances + offset;
    for (const end = w + (load<i32>(ranges, 4) << 2); w < end; w += 16, g += 16, m += 16, v += 16) {
      const value = v128.load(w);
      const gradient = f32x4.add(v128.load(g), f32x4.mul(coupled, value));
      const mean = f32x4.add(f32x4.mul(b1, v128.load(m)), f32x4.mul(c1, gradient));
      const variance = f32x4.add(f32x4.mul(b2, v128.load(v)), f32x4.mul(c2, f32x4.mul(gradient, gradient)));
      v128.store(m, mean);
      v128.store(v, variance);
      const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(variance), root), small);
      v128.store(w, f32x4.sub(f32x4.mul(value, keep), f32x4.mul(step, f32x4.div(mean, denominator))));
    }
  }
}
