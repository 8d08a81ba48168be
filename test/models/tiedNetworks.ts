import { dense, embedding, type Layer, lstm, type Model, sequential, tied } from "../../src/index.js";

export const H = 4;

/** A network whose last layer has the table of its first. */
export const writer = (): Layer =>
  sequential(
    embedding(6, H, { name: "words", paddingIndex: 0 }),
    lstm(H, { name: "rnn" }),
    tied(dense(6, { name: "head" }), { weight: "words.weight" }),
  );

/** The values of all parameters by name. */
export const valuesOf = (model: Model) => new Map(model.parameters.map(({ name, read }) => [name, read().data]));
