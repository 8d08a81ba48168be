import { RANGE_BYTES } from "./ranges";

/**
 * Stochastic gradient descent, with coupled weight decay (as PyTorch's SGD).
 *   g = dW + decay · W      W −= rate · g
 */
export function sgdUpdate(ranges: i32, count: i32, parameters: i32, gradients: i32, rate: f64): void {
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    const offset = load<i32>(ranges) << 2;
    const step = f32x4.splat(<f32>(rate * <f64>load<f32>(ranges, 8))), decay = v128.load32_splat(ranges + 12);
    let w = parameters + offset, g = gradients + offset;
    for (const end = w + (load<i32>(ranges, 4) << 2); w < end; w += 16, g += 16) {
      const value = v128.load(w);
      const gradient = f32x4.add(v128.load(g), f32x4.mul(decay, value));
      v128.store(w, f32x4.sub(value, f32x4.mul(step, gradient)));
    }
  }
}

/**
 * The same with momentum (Polyak 1964; PyTorch's form) and optionally Nesterov's look-ahead.
 *   g = dW + decay · W      v = momentum · v + g      W −= rate · v      (Nesterov: W −= rate · (g + momentum · v))
 * The first update takes v = g.
 */
export function momentumUpdate(
  ranges: i32, count: i32, parameters: i32, gradients: i32, velocities: i32, rate: f64, momentum: f32, nesterov: i32, isFirst: i32,
): void {
  const m = f32x4.splat(isFirst ? 0 : momentum), ahead = f32x4.splat(momentum);
  for (; count > 0; count--, ranges += RANGE_BYTES) {
    const offset = load<i32>(ranges) << 2;
    const step = f32x4.splat(<f32>(rate * <f64>load<f32>(ranges, 8))), decay = v128.load32_splat(ranges + 12);
    let w = parameters + offset, g = gradients + offset, v = velocities + offset;
    for (const end = w + (load<i32>(ranges, 4) << 2); w < end; w += 16, g += 16, v += 16) {
      const value = v128.load(w);
      const gradient = f32x4.add(v128.load(g), f32x4.mul(decay, value));
      const velocity = f32x4.add(f32x4.mul(m, v128.load(v)), gradient);
      v128.store(v, velocity);
      const direction = nesterov ? f32x4.add(gradient, f32x4.mul(ahead, velocity)) : velocity;
      v128.store(w, f32x4.sub(value, f32x4.mul(step, direction)));
    }
  }
}
