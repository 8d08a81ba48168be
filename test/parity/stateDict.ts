import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers } from "../support/subjectContract.js";
import { compareTensors, type Engine, type Produced } from "./engine.js";
import { ImportedStack } from "./importedStack.js";
import { recurrentModule } from "./stateDictShape.js";

type Network = <A extends Numbers>(reference: ReferenceCase, engine: Engine<A>) => Produced;

/** Kind state_dict: whole networks of PyTorch whose weights come in through `importWeights`. */
export function attemptStateDict<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const produced = networkOf(reference)(reference, engine);
  return compareTensors(reference, engine, Object.keys(produced), produced);
}

/** What the network is, by the tensors that its case has. */
function networkOf(reference: ReferenceCase): Network {
  if (reference.has("src")) return translator;
  if (reference.has("h0")) return languageModel;
  if (reference.has("lengths")) return tagger;
  if (reference.has("x")) return forecaster;
  throw new Error(`${reference.id}: no network is known for these tensors`);
}

/** Embedding → recurrent layers over sequences of unequal length → dense at every step. */
function tagger<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Produced {
  const [batch, steps] = reference.shape("ids");
  const network = new ImportedStack(reference, engine, {
    embedding: { vocabulary: reference.number("vocab"), size: reference.number("embed") },
    rnn: recurrentModule(reference),
    inputSize: reference.number("embed"),
    dense: ["fc"],
  });
  const lengths = Array.from(reference.values("lengths"));
  const output = network.recurrent({ ...network.embed(reference.values("ids")), batch, steps, lengths });
  return { logits: network.dense("fc", output).values };
}

/** Recurrent layers → last step → dense with tanh → dense. */
function forecaster<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Produced {
  const [batch, steps, width] = reference.shape("x");
  const rnn = recurrentModule(reference);
  if (rnn.isBidirectional) throw new Error(`${reference.id}: which last step is meant of two directions?`);
  const network = new ImportedStack(reference, engine, { rnn, inputSize: width, dense: ["hidden", "out"] });
  const { finals } = network.recurrent({ values: engine.numbers(reference.values("x")), width, batch, steps });
  // The output at the last step is the last layer's final hidden state.
  const [last] = finals.at(-1) as readonly A[];
  const hidden = network.dense("hidden", { values: last, width: rnn.projectionSize ?? rnn.units }, "tanh");
  return { output: network.dense("out", hidden).values };
}

/** Embedding → recurrent layers from given states → dense at every step. */
function languageModel<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Produced {
  const [batch, steps] = reference.shape("ids");
  const rnn = recurrentModule(reference);
  const given = ["h0", "c0"].filter((name) => reference.has(name));
  const parts = rnn.layers * (rnn.isBidirectional ? 2 : 1);
  const network = new ImportedStack(reference, engine, {
    embedding: { vocabulary: reference.number("vocab"), size: reference.number("embed") },
    rnn,
    inputSize: reference.number("embed"),
    dense: ["decoder"],
  });
  const state = (name: string, part: number): A => {
    const values = reference.values(name);
    const size = values.length / parts;
    return engine.numbers(values.subarray(part * size, (part + 1) * size));
  };
  const initial = Array.from({ length: parts }, (_, part) => given.map((name) => state(name, part)));
  const output = network.recurrent({ ...network.embed(reference.values("ids")), batch, steps, initial });
  const stacked = (index: number) => Float64Array.from(output.finals.flatMap((states) => Array.from(states[index])));
  const finals = Object.fromEntries(given.map((_, index) => [["h_n", "c_n"][index], stacked(index)]));
  return { logits: network.dense("decoder", output).values, ...finals };
}

/** The token that decoding starts from. */
const START = 1;

/** An encoder's final states start a decoder; its input is given, or its own best token of the step before. */
function translator<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Produced {
  const side = (prefix: string, vocabulary: number, dense: readonly string[]) =>
    new ImportedStack(reference, engine, {
      prefix,
      embedding: { vocabulary, size: reference.number("embed") },
      rnn: recurrentModule(reference, prefix),
      inputSize: reference.number("embed"),
      dense,
    });
  const [batch, sourceSteps] = reference.shape("src");
  const [, steps] = reference.shape("greedy_tokens");
  const targets = reference.number("vocab_tgt");
  const encoder = side("encoder.", reference.number("vocab_src"), []);
  const decoder = side("decoder.", targets, ["out"]);
  const lengths = Array.from(reference.values("lengths"));
  const source = encoder.recurrent({ ...encoder.embed(reference.values("src")), batch, steps: sourceSteps, lengths });
  const given = decoder.recurrent({
    ...decoder.embed(reference.values("decoder_input")),
    batch,
    steps,
    initial: source.finals,
  });
  const greedy = new Float64Array(batch * steps);
  let states: readonly (readonly A[])[] = source.finals;
  let tokens = new Array<number>(batch).fill(START);
  for (let step = 0; step < steps; step++) {
    const next = decoder.recurrent({ ...decoder.embed(tokens), batch, steps: 1, initial: states });
    tokens = bestOf(decoder.dense("out", next).values, targets);
    tokens.forEach((token, index) => {
      greedy[index * steps + step] = token;
    });
    states = next.finals;
  }
  return { logits: decoder.dense("out", given).values, greedy_tokens: greedy };
}

/** The place of the largest value in each row. */
function bestOf(logits: ArrayLike<number>, width: number): number[] {
  return Array.from({ length: logits.length / width }, (_, row) => {
    let best = 0;
    for (let column = 1; column < width; column++) {
      if (logits[row * width + column] > logits[row * width + best]) best = column;
    }
    return best;
  });
}
