import { dense, lastStep, lstm, Model, sequential, windows } from "../../src/index.js";
/** A bumpy series, windows over it, and a network for them. */
export const wave = Array.from({ length: 60 }, (_, index) => ((index * index * 7) % 23) / 11 - 1);
export const data = windows(wave, { window: 6 });
export const network = sequential(lstm(5, { name: "rnn" }), lastStep(), dense(1, { name: "head" }));
export const make = () => new Model(network, { inputSize: 1, seed: 3 });
/** The values of all parameters. */
export const weights = (model: Model) => model.parameters.map(({ read }) => read().data);

/** Sequences of unequal lengths, one of them empty, with a target for every step. */
export const ragged = {
  input: [3, 1, 0, 5, 2, 5, 4].map((length, index) => wave.slice(index, index + length).map((x) => [x])),
  target: [3, 1, 0, 5, 2, 5, 4].map((length, index) => wave.slice(index + 1, index + 1 + length).map((x) => [x])),
};
