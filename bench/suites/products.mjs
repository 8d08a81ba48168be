/*
 * The products of matmul.ts and outer.ts against the machine's multiply-add peak.
 */

const padded = (n) => (n + 3) & ~3;
const panelColumns = (n) => Math.ceil(n / 8) * 8;

/** C [M, N] = bias + A [M, K] · packed W: the product of every layer, forward and back. */
function product(core, name, { M, N, K }, target) {
  const { exports } = core;
  const Np = padded(N),
    Kp = padded(K);
  const c = core.allocate(M * Np),
    a = core.random(M * Kp),
    row = core.random(Np),
    W = core.random(N * K);
  const packed = core.allocate(panelColumns(Np) * K);
  exports.pack(packed, W, 1, N, K);
  return {
    name,
    work: 2 * M * N * K,
    target,
    run: () => exports.product(c, Np * 4, row, 0, a, Kp * 4, packed, M, Np, K),
  };
}

/** The product of an LSTM's step at B = 32, four blocks of H padded to 4 lanes each; the padding is time but no work. */
function recurrentStep(core, name, H, target) {
  const { exports } = core;
  const N = 4 * padded(H);
  const c = core.allocate(32 * N),
    a = core.random(32 * padded(H)),
    row = core.random(N),
    W = core.random(4 * H * H);
  const packed = core.allocate(panelColumns(N) * H);
  exports.pack(packed, W, 4, H, H);
  const run = () => exports.product(c, N * 4, row, 0, a, padded(H) * 4, packed, 32, N, H);
  return { name, work: 2 * 32 * 4 * H * H, target, run };
}

/** dW [4H, N] += gᵀ x over `rows` rows. */
function weightGradient(core, name, { rows, H, N }, target) {
  const { exports } = core;
  const Hp = padded(H),
    Np = padded(N);
  const dW = core.allocate(4 * H * N + 8),
    g = core.random(rows * 4 * Hp),
    x = core.random(rows * Np);
  const scratch = core.allocate(exports.outerRows() * (4 * Hp + panelColumns(N)));
  const run = () => exports.weightGradient(dW, scratch, g, Hp * 16, x, Np * 4, rows, 4, H, N);
  return { name, work: 2 * rows * 4 * H * N, target, run };
}

/** Steps of an LSTM's recurrent product [B, 4H] = [B, H] · [H, 4H]. */
function recurrentSteps(core) {
  const items = [];
  for (const H of [16, 32, 64, 128, 256]) {
    for (const B of [4, 8, 32, 64]) {
      const target = H >= 64 ? (B >= 8 ? 0.85 : undefined) : 0.65;
      items.push(product(core, `step H=${H} B=${B}`, { M: B, N: 4 * H, K: H }, target));
    }
  }
  return items;
}

/** Sizes that are no multiple of 8, each followed by its neighbour that is. */
const ragged = [
  [17, 24],
  [33, 40],
  [50, 56],
  [130, 136],
];

function raggedSizes(core) {
  return ragged.flatMap(([H, neighbour]) => [
    recurrentStep(core, `ragged step H=${H} B=32`, H, 0.65),
    recurrentStep(core, `ragged step H=${neighbour} B=32`, neighbour),
    product(core, `ragged square H=${H} B=32`, { M: 32, N: H, K: H }, 0.65),
    product(core, `ragged square H=${neighbour} B=32`, { M: 32, N: neighbour, K: neighbour }),
  ]);
}

function bigProducts(core) {
  return [64, 128, 256].flatMap((H) => [
    product(core, `dX H=${H}: [3200, ${4 * H}] · [${4 * H}, ${H}]`, { M: 3200, N: H, K: 4 * H }, 0.85),
    weightGradient(core, `dW H=${H}: [${4 * H}, 3200] · [3200, ${H}]`, { rows: 3200, H, N: H }, 0.75),
  ]);
}

function singleRows(core) {
  return [16, 32, 64, 128, 256].map((H) =>
    product(core, `row H=${H} B=1`, { M: 1, N: 4 * H, K: H }, H >= 32 && H <= 128 ? 0.65 : undefined),
  );
}

export const products = {
  name: "products",
  title: "Products, share of the multiply-add peak",
  unit: "GFLOP/s",
  perMillisecond: 1e6,
  yardsticks: "peak",
  items: (core) => [...recurrentSteps(core), ...raggedSizes(core), ...bigProducts(core), ...singleRows(core)],
  /** A ragged size must also come near its neighbour, in time for the same work. */
  extras: (results) =>
    ["step", "square"].flatMap((kind) =>
      ragged.map(([H, neighbour]) => {
        const share = (size) => results.find(({ name }) => name === `ragged ${kind} H=${size} B=32`).share.median;
        return { name: `ragged ${kind} H=${H} over H=${neighbour}`, figure: share(H) / share(neighbour), target: 0.75 };
      }),
    ),
};
