import { plainNetwork } from "../../textbook.mjs";
import { losses, PlainDense, PlainEmbedding, rules } from "../plain/parts.mjs";
import { PlainRecurrent } from "../plain/recurrent.mjs";
import { lossesOf } from "./recurve.mjs";

export const name = "plain loops";

/** Hand-written loops over Float32Arrays: what a program without a library would do. */
export function make(spec, material) {
  if (spec.act === "step") return { name, ...stream(spec, material) };
  if (spec.act === "sequence") return { name, ...sequence(spec, material) };
  const update = spec.answers === undefined ? trainer(spec, material) : translator(spec, material);
  return {
    name,
    run: () => void update(),
    sample: () => lossesOf(update),
    ...(spec.isSliding && sliding(spec, material)),
  };
}

/** The parameters of one module, copied, by their short names: "rnn", "" → weight_ih …, "_reverse" → those of the reverse. */
function partOf({ weights }, module, suffix = "") {
  const found = [...weights].filter(([key]) => key.startsWith(`${module}.`));
  const own = found.filter(([key]) => key.endsWith("_reverse") === (suffix === "_reverse"));
  return Object.fromEntries(
    own.map(([key, { data }]) => [key.slice(module.length + 1).replace(/_l0(_reverse)?$/, ""), data.slice()]),
  );
}

/** Batch-first rows [B, T, width] as time-major [T, B, width]. */
export function timeMajor(values, batchSize, steps) {
  const width = values.length / batchSize / steps;
  const turned = new values.constructor(values.length);
  for (let b = 0; b < batchSize; b++)
    for (let t = 0; t < steps; t++)
      turned.set(values.subarray((b * steps + t) * width, (b * steps + t + 1) * width), (t * batchSize + b) * width);
  return turned;
}

function stream(spec, material) {
  const layer = new PlainRecurrent(spec, partOf(material, "rnn"));
  const state = new Float32Array(layer.width);
  const run = () => {
    layer.forward(material.input, state);
    state.set(layer.last);
  };
  const sample = () => {
    state.fill(0);
    for (let turn = 0; turn < 3; turn++) run();
    return state.slice(0, spec.units);
  };
  return { run, sample };
}

function sequence(spec, material) {
  const layer = new PlainRecurrent(spec, partOf(material, "rnn"));
  const input = timeMajor(material.input, spec.batchSize, spec.steps);
  // [T, B, H] turned round is [B, T, H].
  return {
    run: () => void layer.forward(input),
    sample: () => timeMajor(layer.forward(input), spec.steps, spec.batchSize),
  };
}

/** One layer, or both directions, a head, a loss and an update: forward, back through time, and into the weights. */
function trainer(spec, material) {
  const { steps, batchSize, units, take, isBidirectional, vocabulary } = spec;
  const forward = new PlainRecurrent(spec, partOf(material, "rnn"));
  const reverse =
    isBidirectional && new PlainRecurrent({ ...spec, isReverse: true }, partOf(material, "rnn", "_reverse"));
  const directions = reverse ? [forward, reverse] : [forward];
  const rows = take === "all" ? steps * batchSize : batchSize;
  const head = new PlainDense(partOf(material, "head"), rows);
  const source = timeMajor(vocabulary === undefined ? material.input : material.tokens, batchSize, steps);
  const target = take === "all" ? timeMajor(material.target, batchSize, steps) : material.target;
  const gradient = new Float32Array(head.output.length);
  const read = new Float32Array(head.dInput.length);
  const dOutputs = directions.map(({ output }) => new Float32Array(output.length));
  const places = directions.map((_, index) => (index === 0 ? (steps - 1) * batchSize * units : 0));
  const width = directions.length * units;
  const apply = rules[spec.optimizer](pairsOf([...directions, head]), spec.rate);
  return () => {
    const outputs = directions.map((layer) => layer.forward(source));
    if (take === "all") read.set(outputs[0]);
    else
      for (let b = 0; b < batchSize; b++)
        outputs.forEach((output, index) => {
          const from = places[index] + b * units;
          read.set(output.subarray(from, from + units), b * width + index * units);
        });
    const loss = losses[spec.loss](head.forward(read), target, gradient);
    const dRead = head.backward(read, gradient);
    directions.forEach((layer, index) => {
      const dOutput = dOutputs[index];
      if (take === "all") dOutput.set(dRead);
      else
        for (let b = 0; b < batchSize; b++) {
          const from = b * width + index * units;
          dOutput.set(dRead.subarray(from, from + units), places[index] + b * units);
        }
      layer.backward(source, dOutput);
    });
    apply();
    return loss;
  };
}

/** An encoder–decoder that is fed with the answers it should give. */
function translator(spec, material) {
  const { steps, answers, batchSize, units } = spec;
  const side = (name, count) => {
    const embedding = new PlainEmbedding(partOf(material, `${name}.embedding`), units, count * batchSize);
    const layer = new PlainRecurrent({ ...spec, inputSize: units, steps: count }, partOf(material, `${name}.rnn`));
    return { embedding, layer };
  };
  const [encoder, decoder] = [side("encoder", steps), side("decoder", answers)];
  const head = new PlainDense(partOf(material, "decoder.head"), answers * batchSize);
  const source = timeMajor(material.tokens, batchSize, steps);
  const target = timeMajor(material.target, batchSize, answers);
  const fed = new Int32Array(target.length).fill(1, 0, batchSize);
  fed.set(target.subarray(0, -batchSize), batchSize);
  const gradient = new Float32Array(head.output.length);
  const nothing = new Float32Array(encoder.layer.output.length);
  const parts = [encoder, decoder].flatMap(({ embedding, layer }) => [embedding, layer]);
  const apply = rules[spec.optimizer](pairsOf([...parts, head]), spec.rate);
  return () => {
    const [words, answersBefore] = [encoder.embedding.forward(source), decoder.embedding.forward(fed)];
    encoder.layer.forward(words);
    const outputs = decoder.layer.forward(answersBefore, encoder.layer.last);
    const loss = losses[spec.loss](head.forward(outputs), target, gradient);
    const dFirst = decoder.layer.backward(answersBefore, head.backward(outputs, gradient), decoder.embedding.dOutput);
    encoder.layer.backward(words, nothing, encoder.embedding.dOutput, dFirst);
    encoder.embedding.backward(source);
    decoder.embedding.backward(fed);
    apply();
    return loss;
  };
}

function pairsOf(parts) {
  return parts.flatMap(({ weights, gradients }) =>
    Object.keys(weights).map((key) => ({ values: weights[key], gradient: gradients[key] })),
  );
}

/** The textbook's way by the shortest loops: windows of a series, one update each. */
function sliding({ steps, rate }, material) {
  const { weight_ih: weightIh, weight_hh: weightHh, bias_ih: biasIh, bias_hh: biasHh } = partOf(material, "rnn");
  const update = plainNetwork({ weightIh, weightHh, biasIh, biasHh, ...partOf(material, "head") }, steps);
  const perRun = 2000;
  const series = Float32Array.from({ length: perRun + steps }, (_, t) => Math.sin(t / 5));
  const run = () => {
    for (let from = 0; from < perRun; from++) update(series, from, rate);
  };
  return { run, perRun };
}
