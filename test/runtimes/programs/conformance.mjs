import { answers, requireRefusal } from "./answers.mjs";
import { hashOf } from "./hash.mjs";
import { trainNetworks } from "./networks.mjs";
import { handOver } from "./stream.mjs";

/**
 * What every runtime must get: of the whole program, and of its part that needs no training. They change only with a change of
 * results that is wanted and said in the changelog.
 */
export const expected = {
  whole: "96d8e9aa3fa881b9dbf204af68a63888707f663f039eede441e15e93baf6904c",
  answers: "27907026fcf973946b9bd1687b7b5cbce6b5b7298b01676fa06a434954ac48d0",
};

/**
 * Trains networks of every kind, goes on with what another runtime left, and provokes errors.
 *
 * @param recurve the package, however the runtime at hand imports it
 * @param given what another runtime left as its `next`
 * @returns `hash` of all results; `parts`, that of each network for finding out which one differs; `next` for another runtime
 */
export function conformance(recurve, given) {
  const next = handOver(recurve);
  const results = { ...trainNetworks(recurve), answers: answers(recurve, given) };
  refuseTraining(recurve);
  const parts = Object.fromEntries(Object.entries(results).map(([name, arrays]) => [name, hashOf(arrays)]));
  return { hash: hashOf(Object.values(results).flat()), parts, next };
}

/** The part for an entry of the package that only predicts, and leaves nothing. */
export function prediction(recurve, given) {
  return { hash: hashOf(answers(recurve, given)) };
}

/** Training refuses what it cannot do before any weight changes. */
function refuseTraining(recurve) {
  const { ArgumentError, backpropagate, dense, lstm, meanSquaredError, Model, sequential, ShapeError } = recurve;
  requireRefusal(ArgumentError, "a layer of -1 units", () => lstm(-1));
  const model = new Model(sequential(lstm(4), dense(1)), { inputSize: 2, seed: 1 });
  const learn = (input, target) => backpropagate(model, { input: [[input]], target: [[target]] }, meanSquaredError);
  requireRefusal(ShapeError, "a batch of three features", () => learn([1, 2, 3], [1]));
  requireRefusal(ArgumentError, "a target that is not finite", () => learn([1, 2], [Number.NaN]));
  model.dispose();
}
