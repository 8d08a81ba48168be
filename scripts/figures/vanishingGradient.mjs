/** Steps of each sequence, units of each network, and the training that all of them get. */
const TIME = 100;
const UNITS = 16;
const TRAINING = { epochs: 20, batchSize: 32, learningRate: 0.003, clipNorm: 1 };
const EXAMPLES = { training: 2000, test: 64 };

/**
 * The vanishing gradient on the adding problem (Hochreiter & Schmidhuber 1997): the answer is the sum of two numbers, one marked
 * in the first half of a sequence, one in the second. Every network is trained alike, then asked how far its error reaches.
 */
export async function vanishingGradient(library) {
  const { adam, dense, drawGradientFlow, elman, fit, gradientFlow, gru, lastStep, lstm } = library;
  const { meanSquaredError: loss, Model, sequential } = library;
  const draw = generator(12345);
  const [training, test] = [addingProblem(EXAMPLES.training, draw), addingProblem(EXAMPLES.test, draw)];
  const layers = {
    GRU: gru(UNITS),
    LSTM: lstm(UNITS),
    "Elman, tanh": elman(UNITS),
    "Elman, relu": elman(UNITS, { activation: "relu" }),
    "Elman, sigmoid": elman(UNITS, { activation: "sigmoid" }),
  };
  const flows = {};
  for (const [name, layer] of Object.entries(layers)) {
    const model = new Model(sequential(layer, lastStep(), dense(1)), { inputSize: 2, seed: 1 });
    const { learningRate, ...rest } = TRAINING;
    await fit(model, training, { loss, optimizer: adam({ learningRate }), ...rest });
    const flow = gradientFlow(model, test, loss);
    flows[`${name}: error ${flow.loss.toFixed(3)}`] = flow;
    model.dispose();
  }
  const updates = Math.ceil(EXAMPLES.training / TRAINING.batchSize) * TRAINING.epochs;
  return drawGradientFlow(flows, {
    title: "How far back the error reaches",
    subtitle: `Adding problem over ${TIME} steps, ${UNITS} units, after ${updates} updates of the same training. Guessing has an error of 0.17.`,
  });
}

/** Values around 0 with a mark at two of them, and the sum of those two. */
function addingProblem(count, draw) {
  const input = [];
  const target = [];
  for (let example = 0; example < count; example++) {
    const values = Array.from({ length: TIME }, draw);
    const marked = [draw(), draw()].map((share, half) => Math.floor(((half + share) * TIME) / 2));
    input.push(values.map((value, step) => [value - 0.5, marked.includes(step) ? 1 : 0]));
    target.push([marked.reduce((sum, step) => sum + values[step], -1)]);
  }
  return { input, target };
}

/** Numbers from 0 up to 1: the linear congruential generator of Numerical Recipes. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
