/**
 * How far float32 may be from float64, over the largest value of a tensor. An element is a sum of n products, n at most
 * a few hundred here (rows of the batch, or gate blocks times units): its rounding is √n · 2⁻²⁴ ≈ 1e-6 in the mean and
 * n · 2⁻²⁴ ≈ 1.4e-5 at worst, and each time step adds an activation with its own 1.5e-7.
 */
export const FLOAT32_VALUE_TOLERANCE = 5e-6;
export const FLOAT32_GRADIENT_TOLERANCE = 1e-5;

/** A mean over a few hundred terms of like sign. */
export const FLOAT32_LOSS_TOLERANCE = 2e-6;
