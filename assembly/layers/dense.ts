import { activate, slope } from "../activations";
import { product } from "../matmul";
import { oneHotGradient, oneHotProduct } from "../oneHot";
import { biasGradient, weightGradient } from "../outer";
import { pack, packBias, packTransposed } from "../panels";
import { DensePlan } from "../plan";

/*
 * Dense layer over rows:  y = f(a),  a = x Wᵀ + b.
 * x [rows, I]   W [O, I]   b [O]   y, a [rows, O]
 */

/** The activation that changes nothing: its rows need no second pass. */
const LINEAR: i32 = 0;

export function densePack(plan: DensePlan, back: i32): void {
  pack(plan.panels, plan.weight, 1, plan.outputSize, plan.inputSize);
  if (plan.bias) packBias(plan.row, plan.bias, 1, plan.outputSize);
  if (back && plan.dX) packTransposed(plan.back, plan.weight, 1, plan.outputSize, plan.inputSize);
}

export function denseForward(plan: DensePlan, from: i32, to: i32): void {
  assert(plan.x + plan.tokens > 0 && plan.panels > 0, "denseForward: the plan has no memory");
  const O = (plan.outputSize + 3) & ~3, stride = plan.yStride, rows = to - from;
  const a = plan.a + from * stride, y = plan.y + from * stride;
  const x = plan.x + from * plan.xStride, I = plan.inputSize;
  if (plan.tokens) oneHotProduct(a, stride, plan.row, plan.tokens + (from << 2), plan.panels, rows, O, I);
  else product(a, stride, plan.row, 0, x, plan.xStride, plan.panels, rows, O, I);
  const code = plan.activation, alpha = plan.alpha, beta = plan.beta;
  if (code == LINEAR) return;
  const bytes = plan.outputSize << 2;
  for (let row = 0; row < rows; row++) {
    const end = y + row * stride + bytes;
    for (let to = end - bytes, from = a + row * stride; to < end; to += 16, from += 16) {
      v128.store(to, activate(code, v128.load(from), alpha, beta));
    }
    for (let pad = end; pad & 15; pad += 4) store<f32>(pad, 0);
  }
}

/** dY becomes the gradient of a; then dX = da W. */
export function denseBackward(plan: DensePlan, from: i32, to: i32): void {
  const rows = to - from, stride = plan.yStride, dYStride = plan.dYStride, bytes = plan.outputSize << 2;
  const a = plan.a + from * stride, y = plan.y + from * stride, dY = plan.dY + from * dYStride;
  const code = plan.activation, alpha = plan.alpha, beta = plan.beta;
  if (code != LINEAR) {
    for (let row = 0; row < rows; row++) {
      const da = dY + row * dYStride, at = row * stride;
      for (let o = 0; o < bytes; o += 16) {
        const f = slope(code, v128.load(a + at + o), v128.load(y + at + o), alpha, beta);
        v128.store(da + o, f32x4.mul(v128.load(da + o), f));
      }
    }
  }
  if (!plan.dX) return;
  const O = (plan.outputSize + 3) & ~3, I = (plan.inputSize + 3) & ~3;
  product(plan.dX + from * plan.dXStride, plan.dXStride, 0, 0, dY, dYStride, plan.back, rows, I, O);
}

export function denseGradients(plan: DensePlan, from: i32, to: i32): void {
  const rows = to - from, dY = plan.dY + from * plan.dYStride, x = plan.x + from * plan.xStride;
  const dWeight = plan.dWeight, stride = plan.dYStride, scratch = plan.scratch, O = plan.outputSize, I = plan.inputSize;
  if (dWeight) {
    if (plan.tokens) oneHotGradient(dWeight, scratch, dY, stride, plan.tokens + (from << 2), rows, 1, O, I);
    else weightGradient(dWeight, scratch, dY, stride, x, plan.xStride, rows, 1, O, I);
  }
  if (plan.dBias) biasGradient(plan.dBias, dY, stride, rows, 1, O);
}
