/*
 * Mixture density network (Bishop 1994): −ln Σ_k π_k N(t; μ_k, Σ_k), in logarithms throughout, value and gradient at once.
 * K components of D values, an output row y being
 *   [K]    logits of the weights, π = softmax
 *   [K·D]  means
 *   [K·D]  s = ln σ, each at least `least`; the derivative passes that bound unchanged
 *   [K]    r, where the components are correlated (D = 2, Graves 2013): ρ = tanh r
 *   [C]    logits of one of C categories (the pen of a drawing), whose probabilities follow the D values in the target
 * With z = (t − μ) / σ and γ_k = π_k N_k / Σ_j π_j N_j, the share of a component in what was seen:
 *   ∂/∂logit = π − γ      ∂/∂μ = −γ g / σ      ∂/∂s = γ (1 − g z)      ∂/∂r = −γ (z₁ z₂ + ρ (1 − z·g))
 * where g = z, or of two correlated values  g₂ = (z₂ − ρ z₁) / (1 − ρ²),  g₁ = z₁ − ρ g₂.
 */
import { addLogs, exp64, log64 } from "../float64";
import { clearRow } from "./crossEntropy";

const HALF_LOG_2PI: f64 = 0.9189385332046727;

/**
 * a + ln N_k(t), a the component's logit. Where scale is not 0, the gradient of what belongs to the component goes to dY:
 * `weights` is then ln Σ e^a over all components, `joints` that of what this function gives.
 */
function component(
  dY: i32, y: i32, t: i32, k: i32, components: i32, size: i32, isCorrelated: i32, least: f64,
  weights: f64, joints: f64, scale: f64,
): f64 {
  const apart = components * size << 2, from = (components + k * size) << 2, to = from + (size << 2);
  const logit = <f64>load<f32>(y + (k << 2)), correlation = (components * (1 + 2 * size) + k) << 2;
  let joint = logit - <f64>size * HALF_LOG_2PI, square: f64 = 0, z: f64 = 0, z1: f64 = 0;
  for (let o = from; o < to; o += 4, t += 4) {
    const s = max(<f64>load<f32>(y + apart + o), least), deviation = exp64(s);
    z1 = z;
    z = (<f64>load<f32>(t) - <f64>load<f32>(y + o)) / deviation;
    square += z * z;
    joint -= s;
    // Kept until the gradient is written over them.
    store<f32>(dY + o, <f32>z);
    store<f32>(dY + apart + o, <f32>deviation);
  }
  let g = z, g1 = z1, rho: f64 = 0;
  if (isCorrelated) {
    const r = <f64>load<f32>(y + correlation), small = exp64(-2 * abs(r)), sum = 1 + small, free = 4 * small / (sum * sum);
    rho = copysign((1 - small) / sum, r);
    g = (z - rho * z1) / free;
    g1 = z1 - rho * g;
    square = z1 * g1 + z * g;
    joint -= 0.5 * log64(free);
  }
  joint -= 0.5 * square;
  if (scale == 0) return joint;
  const share = scale * exp64(joint - joints);
  store<f32>(dY + (k << 2), <f32>(scale * exp64(logit - weights) - share));
  if (isCorrelated) store<f32>(dY + correlation, <f32>(share * (rho * (square - 1) - z1 * z)));
  for (let o = from; o < to; o += 4) {
    const own = <f64>load<f32>(dY + o), slope = !isCorrelated ? own : o == from ? g1 : g;
    store<f32>(dY + o, <f32>(-share * slope / <f64>load<f32>(dY + apart + o)));
    store<f32>(dY + apart + o, <f32>(share * (1 - slope * own)));
  }
  return joint;
}

/** −Σ_c t_c log p_c of the categories from address y on, and its gradient times scale. */
function choice(dY: i32, y: i32, t: i32, categories: i32, scale: f64): f64 {
  let sum: f64 = -Infinity, mass: f64 = 0, loss: f64 = 0;
  for (let o = 0; o < categories << 2; o += 4) {
    sum = addLogs(sum, load<f32>(y + o));
    mass += load<f32>(t + o);
  }
  for (let o = 0; o < categories << 2; o += 4) {
    const share = <f64>load<f32>(y + o) - sum, wanted = <f64>load<f32>(t + o);
    loss -= wanted * share;
    store<f32>(dY + o, <f32>(scale * (mass * exp64(share) - wanted)));
  }
  return loss;
}

/**
 * Σ w · loss / total over rows, and its gradient in dY. y [rows, K (1 + 2 D), + K where correlated, + C], t [rows, D + C],
 * each with its row stride in bytes; w [rows] or address 0 for ones. A row of weight 0 is not read: its gradient is 0.
 */
export function mixtureDensity(
  dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, tStride: i32, weights: i32, rows: i32, components: i32, size: i32,
  isCorrelated: i32, categories: i32, least: f64, total: f64,
): f64 {
  const parts = components * (1 + 2 * size + isCorrelated), width = parts + categories;
  let loss: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += tStride) {
    let weight: f64 = 1;
    if (weights) {
      weight = load<f32>(weights);
      weights += 4;
    }
    clearRow(dY, width);
    if (weight == 0) continue;
    const scale = weight / total;
    let mass: f64 = -Infinity, joints: f64 = -Infinity;
    for (let k = 0; k < components; k++) {
      mass = addLogs(mass, load<f32>(y + (k << 2)));
      joints = addLogs(joints, component(dY, y, t, k, components, size, isCorrelated, least, 0, 0, 0));
    }
    for (let k = 0; k < components; k++) component(dY, y, t, k, components, size, isCorrelated, least, mass, joints, scale);
    const o = parts << 2;
    loss += weight * (mass - joints + choice(dY + o, y + o, t + (size << 2), categories, scale));
  }
  return total > 0 ? loss / total : 0;
}
