/** softmax(x)_i = e^(x_i − max) / Σ_j e^(x_j − max), or its logarithm, of one row. */
export function softmaxRow(x: Float64Array, log: boolean): Float64Array {
  const most = Math.max(...x);
  const shifted = x.map((value) => value - most);
  const sum = shifted.reduce((total, value) => total + Math.exp(value), 0);
  return shifted.map((value) => (log ? value - Math.log(sum) : Math.exp(value) / sum));
}

/** Each row of x [rows, width], and the derivative of Σ y · dy by x. */
export function runSoftmax(
  x: Float64Array,
  rows: number,
  width: number,
  log: boolean,
  dy: Float64Array,
): { y: Float64Array; dx: Float64Array } {
  const y = new Float64Array(x.length);
  const dx = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    const here = x.subarray(row * width, (row + 1) * width);
    const g = dy.subarray(row * width, (row + 1) * width);
    const softmax = softmaxRow(here, false);
    y.set(softmaxRow(here, log), row * width);
    // Softmax: dx = s ⊙ (g − Σ g ⊙ s). Its logarithm: dx = g − s Σ g.
    const sum = log ? g.reduce((a, b) => a + b, 0) : g.reduce((a, b, index) => a + b * softmax[index], 0);
    dx.set(
      softmax.map((s, index) => (log ? g[index] - s * sum : s * (g[index] - sum))),
      row * width,
    );
  }
  return { y, dx };
}
