/*
 * The textbook's update in plain JavaScript, one loop inside another over Float32Arrays: what a program without a core would do.
 *
 *   h_t = tanh(w_ih x_t + b_ih + W_hh h_{t−1} + b_hh)     y = w · h_k + b     loss (y − target)²     w −= rate · dw
 */

/**
 * An Elman network with one input and one output.
 * @param weights { weightIh [H], weightHh [H, H], biasIh [H], biasHh [H], weight [H], bias [1] }, updated in place
 * @returns update(series, from, rate): one window forward, back through time and into the weights; gives the loss
 */
export function plainNetwork(weights, window) {
  const H = weights.biasIh.length;
  const states = new Float32Array((window + 1) * H);
  const gradients = Object.fromEntries(
    Object.entries(weights).map(([name, { length }]) => [name, new Float32Array(length)]),
  );
  const room = { states, gradients, dh: new Float32Array(H), da: new Float32Array(H), window, H };
  return (series, from, rate) => {
    const error = forward(weights, room, series, from) - series[from + window];
    backward(weights, room, series, from, 2 * error);
    for (const name in weights) apply(weights[name], gradients[name], rate);
    return error * error;
  };
}

function forward({ weightIh, weightHh, biasIh, biasHh, weight, bias }, { states, window, H }, series, from) {
  for (let t = 0; t < window; t++) {
    const x = series[from + t];
    const [prev, next] = [t * H, (t + 1) * H];
    for (let i = 0; i < H; i++) {
      let sum = weightIh[i] * x + biasIh[i] + biasHh[i];
      for (let j = 0; j < H; j++) sum += weightHh[i * H + j] * states[prev + j];
      states[next + i] = Math.tanh(sum);
    }
  }
  let y = bias[0];
  for (let i = 0; i < H; i++) y += weight[i] * states[window * H + i];
  return y;
}

function backward({ weightHh, weight }, { states, gradients, dh, da, window, H }, series, from, dy) {
  gradients.bias[0] += dy;
  for (let i = 0; i < H; i++) {
    gradients.weight[i] += dy * states[window * H + i];
    dh[i] = dy * weight[i];
  }
  for (let t = window - 1; t >= 0; t--) {
    const x = series[from + t];
    const [prev, next] = [t * H, (t + 1) * H];
    for (let i = 0; i < H; i++) da[i] = dh[i] * (1 - states[next + i] * states[next + i]);
    dh.fill(0);
    for (let i = 0; i < H; i++) {
      const d = da[i];
      gradients.weightIh[i] += d * x;
      gradients.biasIh[i] += d;
      gradients.biasHh[i] += d;
      for (let j = 0; j < H; j++) {
        gradients.weightHh[i * H + j] += d * states[prev + j];
        dh[j] += d * weightHh[i * H + j];
      }
    }
  }
}

function apply(values, gradient, rate) {
  for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
  gradient.fill(0);
}
