/*
 * One step of one sequence in plain JavaScript. p = W_ih x + b_ih and q = W_hh h + b_hh come as blocks of H; `kept` holds
 * what the way back needs. State rows are [h] or [h, c]. On the way back dp and dq are written and dh, dc become those of
 * the step before, short of what comes through q.
 */

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** h' = tanh(p + q) */
const elman = {
  gates: 1,
  states: 1,
  kept: 1,
  forward(H, p, q, _prev, next, kept) {
    for (let i = 0; i < H; i++) next.array[next.at + i] = kept.array[kept.at + i] = Math.tanh(p[i] + q[i]);
  },
  backward(H, dp, dq, d, _prev, kept) {
    for (let i = 0; i < H; i++) {
      const h = kept.array[kept.at + i];
      dp[i] = dq[i] = d[i] * (1 - h * h);
      d[i] = 0;
    }
  },
};

/** i, f, o = σ(p + q), g = tanh(p + q), c' = f c + i g, h' = o tanh(c'); blocks i, f, g, o */
const lstm = {
  gates: 4,
  states: 2,
  kept: 5,
  forward(H, p, q, prev, next, kept) {
    for (let unit = 0; unit < H; unit++) {
      const i = sigmoid(p[unit] + q[unit]);
      const f = sigmoid(p[H + unit] + q[H + unit]);
      const g = Math.tanh(p[2 * H + unit] + q[2 * H + unit]);
      const o = sigmoid(p[3 * H + unit] + q[3 * H + unit]);
      const c = f * prev.array[prev.at + H + unit] + i * g;
      const squashed = Math.tanh(c);
      next.array[next.at + unit] = o * squashed;
      next.array[next.at + H + unit] = c;
      const at = kept.at + unit;
      kept.array[at] = i;
      kept.array[at + H] = f;
      kept.array[at + 2 * H] = g;
      kept.array[at + 3 * H] = o;
      kept.array[at + 4 * H] = squashed;
    }
  },
  backward(H, dp, dq, d, prev, kept) {
    for (let unit = 0; unit < H; unit++) {
      const at = kept.at + unit;
      const [i, f, g, o] = [kept.array[at], kept.array[at + H], kept.array[at + 2 * H], kept.array[at + 3 * H]];
      const squashed = kept.array[at + 4 * H];
      const dh = d[unit];
      const dc = d[H + unit] + dh * o * (1 - squashed * squashed);
      dp[unit] = dq[unit] = dc * g * i * (1 - i);
      dp[H + unit] = dq[H + unit] = dc * prev.array[prev.at + H + unit] * f * (1 - f);
      dp[2 * H + unit] = dq[2 * H + unit] = dc * i * (1 - g * g);
      dp[3 * H + unit] = dq[3 * H + unit] = dh * squashed * o * (1 - o);
      d[unit] = 0;
      d[H + unit] = dc * f;
    }
  },
};

/** r, z = σ(p + q), n = tanh(p + r q), h' = n + z (h − n); blocks r, z, n */
const gru = {
  gates: 3,
  states: 1,
  kept: 4,
  forward(H, p, q, prev, next, kept) {
    for (let unit = 0; unit < H; unit++) {
      const r = sigmoid(p[unit] + q[unit]);
      const z = sigmoid(p[H + unit] + q[H + unit]);
      const late = q[2 * H + unit];
      const n = Math.tanh(p[2 * H + unit] + r * late);
      next.array[next.at + unit] = n + z * (prev.array[prev.at + unit] - n);
      const at = kept.at + unit;
      kept.array[at] = r;
      kept.array[at + H] = z;
      kept.array[at + 2 * H] = n;
      kept.array[at + 3 * H] = late;
    }
  },
  backward(H, dp, dq, d, prev, kept) {
    for (let unit = 0; unit < H; unit++) {
      const at = kept.at + unit;
      const [r, z, n, late] = [kept.array[at], kept.array[at + H], kept.array[at + 2 * H], kept.array[at + 3 * H]];
      const dh = d[unit];
      const dn = dh * (1 - z) * (1 - n * n);
      dp[unit] = dq[unit] = dn * late * r * (1 - r);
      dp[H + unit] = dq[H + unit] = dh * (prev.array[prev.at + unit] - n) * z * (1 - z);
      dp[2 * H + unit] = dn;
      dq[2 * H + unit] = dn * r;
      d[unit] = dh * z;
    }
  },
};

export const cells = { elman, lstm, gru };
