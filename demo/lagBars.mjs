const WIDTH = 40;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * Bars of the gradient's norm at each lag, on a logarithmic scale over as many powers of ten as they span.
 *
 * @param {ArrayLike<number>} byLag norm of the loss's gradient with respect to the hidden state, from lag 0 back
 * @param {(text: string) => string} paint
 */
export function lagBars(byLag, paint) {
  const largest = Math.max(...byLag);
  const powers = Math.max(1, Math.ceil(Math.log10(largest / Math.min(...byLag))));
  const lines = Array.from(byLag, (norm, lag) => {
    const length = Math.max(0, 1 + Math.log10(norm / largest) / powers) * WIDTH;
    const bar = "█".repeat(Math.floor(length)) + EIGHTHS[Math.floor((length % 1) * 8)];
    return `  lag ${String(lag).padStart(2)}  ${paint(bar.padEnd(WIDTH))} ${norm.toExponential(1)}`;
  });
  return lines.join("\n");
}
