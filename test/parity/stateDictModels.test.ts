import { expect, test } from "vitest";
import { readWeights } from "../../src/formats/readWeights.js";
import {
  type CellName,
  embedding,
  encoderDecoder,
  importWeights,
  lastStep,
  Model,
  readSafetensors,
  sequential,
} from "../../src/index.js";
import { PlannedAnswers } from "../support/answers.js";
import { tensorDifference } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { denseLayer, type RecurrentModule, recurrentLayers, recurrentModule, tensorsBelow } from "./stateDictShape.js";

const cases = caseEntries.filter(({ kind }) => kind === "state_dict").map((entry) => new ReferenceCase(entry));
const withTensors = (...names: string[]) => cases.filter((reference) => names.every((name) => reference.has(name)));

/** Rows [steps, 1] of token numbers, as far as each sequence goes. */
function tokens(reference: ReferenceCase, name: string): number[][][] {
  const [batch, steps] = reference.shape(name) as [number, number];
  const values = reference.values(name);
  const lengths = name === "decoder_input" || !reference.has("lengths") ? undefined : reference.values("lengths");
  return Array.from({ length: batch }, (_, index) =>
    Array.from({ length: lengths?.[index] ?? steps }, (_, step) => [values[index * steps + step] as number]),
  );
}

/** The recorded rows of those steps. */
function recorded(reference: ReferenceCase, lengths: readonly number[]): number[] {
  const [, steps, width] = reference.shape("logits") as [number, number, number];
  const values = Array.from(reference.values("logits"));
  return lengths.flatMap((length, index) => values.slice(index * steps * width, (index * steps + length) * width));
}

test.each(withTensors("ids", "lengths"))("$id: embedding, recurrent layers and dense layer are one model", (given) => {
  const [vocabulary, size] = ["vocab", "embed"].map((key) => given.number(key)) as [number, number];
  using model = new Model(
    sequential(
      embedding(vocabulary, size, { name: "embedding", paddingIndex: 0 }),
      ...recurrentLayers(recurrentModule(given)),
      denseLayer(given, "fc"),
    ),
  );
  importWeights(model, readSafetensors(given.weights()), { from: "pytorch" });
  const input = tokens(given, "ids");
  const found = input.flatMap((sequence) => Array.from(model.predict(sequence).data));
  const lengths = input.map((sequence) => sequence.length);
  expect(tensorDifference(found, recorded(given, lengths))).toBeLessThan(given.allowed("value"));
});

test.each(withTensors("x"))("$id: stacked recurrent and dense layers are one model", (given) => {
  const layers = recurrentLayers(recurrentModule(given));
  const hidden = denseLayer(given, "hidden", "", { activation: "tanh" });
  using model = new Model(sequential(...layers, lastStep(), hidden, denseLayer(given, "out")), {
    inputSize: given.shape("x")[2] as number,
  });
  importWeights(model, readSafetensors(given.weights()), { from: "pytorch" });
  const [batch, steps, width] = given.shape("x") as [number, number, number];
  const x = Array.from(given.values("x"));
  const rows = (index: number) =>
    Array.from({ length: steps }, (_, step) =>
      x.slice((index * steps + step) * width, (index * steps + step + 1) * width),
    );
  const found = Array.from({ length: batch }, (_, index) => Array.from(model.predict(rows(index)).data)).flat();
  expect(tensorDifference(found, given.values("output"))).toBeLessThan(given.allowed("value"));
});

/** All layers of an encoder–decoder have biases, and none a projection. */
const translators = withTensors("src").filter((given) => {
  const modules = ["encoder.", "decoder."].map((prefix) => recurrentModule(given, prefix));
  const isPlain = modules.every(({ hasBias, projectionSize }) => hasBias && projectionSize === undefined);
  return isPlain && tensorsBelow(given, "decoder.").has("out.bias");
});

test.each(translators)("$id: an encoder–decoder answers as PyTorch's, forced and by itself", (given) => {
  /** The token that decoding starts from. */
  const start = 1;
  const [encoder, decoder] = ["encoder.", "decoder."].map((prefix) => recurrentModule(given, prefix)) as [
    RecurrentModule,
    RecurrentModule,
  ];
  const { cell, units, layers, activation } = encoder;
  const network = encoderDecoder({
    ...{ cell: cell as CellName, units, layers, ...(activation && { activation }) },
    vocabularySize: given.number("vocab_src"),
    targetVocabularySize: given.number("vocab_tgt"),
    embeddingSize: given.number("embed"),
    targetEmbeddingSize: given.number("embed"),
    start,
  });
  const [sequences, steps] = given.shape("greedy_tokens") as [number, number];
  const most = Math.max(steps, ...["src", "decoder_input"].map((name) => given.shape(name)[1] as number));
  using planned = new PlannedAnswers(network, false, {
    room: { sequences, steps: most, rows: sequences * most },
  });
  const names = {
    "decoder.head": "decoder.out",
    "encoder.rnn": `encoder.${encoder.name}`,
    "decoder.rnn": `decoder.${decoder.name}`,
  };
  const weights = readWeights(network, 1, readSafetensors(given.weights()), { from: "pytorch", names });
  for (const [name, { data }] of weights) planned.write(name, data);
  const fed = tokens(given, "decoder_input");
  // Fed is the start token and then each target: the last target is never read.
  expect(fed.every(([first]) => first?.[0] === start)).toBe(true);
  planned.forward(
    tokens(given, "src"),
    fed.map((sequence) => [...sequence.slice(1), [0]]),
  );
  const lengths = fed.map((sequence) => sequence.length);
  expect(tensorDifference(planned.output().flat(2), recorded(given, lengths))).toBeLessThan(given.allowed("value"));
  planned.forward(tokens(given, "src"), steps);
  const greedy = planned.output().flatMap((answer) => answer.map((row) => row.indexOf(Math.max(...row))));
  expect(greedy).toEqual(Array.from(given.values("greedy_tokens")));
});

// A folder of reference data may have no case of this kind; then this is the file's only test.
if (cases.length === 0) test("there is no case of this kind to pass", () => expect(cases).toEqual([]));
