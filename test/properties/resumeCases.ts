import {
  absoluteError,
  adam,
  adamW,
  bidirectional,
  crossEntropy,
  type Data,
  type Dataset,
  defineSchedule,
  dense,
  dropout,
  elman,
  ema,
  encoderDecoder,
  gru,
  indRnn,
  type Layer,
  lastStep,
  lstm,
  Model,
  mean,
  meanSquaredError,
  mgu,
  minGru,
  minLstm,
  oneCycle,
  oneToMany,
  productOf,
  reduceOnPlateau,
  type Schedule,
  sequential,
  setRates,
  sgd,
  streams,
  type TrainerOptions,
  truncated,
  warmUp,
  windows,
} from "../../src/index.js";

/** A training: a network, what it learns from, and how. */
export interface ResumeCase {
  readonly label: string;
  readonly network: Layer;
  readonly inputSize: number;
  readonly data: Data | Dataset;
  readonly options: TrainerOptions;
  /** Gives parameters rates of their own. */
  readonly rates?: (model: Model) => void;
  /** Parameters that are frozen. */
  readonly frozen?: string;
  /** What makes the schedule of its options, where there is one. */
  readonly schedules?: Readonly<Record<string, (options: never) => Schedule>>;
}

const wave = Array.from({ length: 80 }, (_, index) => ((index * index * 7) % 23) / 11 - 1);
const series = windows(wave, { window: 7 });

/** 23 sequences of unequal lengths, two of them empty, two features a step. */
const lengths = Array.from({ length: 23 }, (_, index) => (index % 11 === 4 ? 0 : 1 + ((index * 5) % 9)));
const input = lengths.map((length, index) =>
  Array.from({ length }, (_, step) => [
    wave[(index * 3 + step) % 80] as number,
    wave[(index + 7 * step) % 80] as number,
  ]),
);
const answers: Data = { input, target: lengths.map((_, index) => index % 3) };
const steps: Data = {
  input,
  target: input.map((rows) => rows.map(([a = 0, b = 0]) => [a - b])),
  weights: lengths.map((_, index) => 0.5 + (index % 4)),
};

/** Halves the rate every so many updates. */
export const halving = ({ every }: { every: number }): Schedule =>
  defineSchedule({
    name: "halving",
    options: { every },
    rate(update, base) {
      let rate = base;
      for (let done = every; done < update; done += every) rate /= 2;
      return rate;
    },
  });

const perStep = (layer: Layer) => sequential(layer, dropout(0.2), dense(1));
const atEnd = (layer: Layer) => sequential(layer, dropout(0.3, { perSequence: true }), lastStep(), dense(1));

export const cases: readonly ResumeCase[] = [
  {
    label: "lstm, zoneout, dropout, adam over ragged steps with weights",
    network: perStep(lstm(5, { zoneout: 0.1, recurrentDropout: 0.2 })),
    inputSize: 2,
    data: steps,
    options: { loss: meanSquaredError, batchSize: 4, seed: 11 },
  },
  {
    label: "gru, adamW, early stopping on a share",
    network: atEnd(gru(6, { zoneout: 0.2 })),
    inputSize: 1,
    data: series,
    options: {
      ...{ loss: meanSquaredError, optimizer: adamW({ learningRate: 0.05 }), batchSize: 9 },
      ...{ validation: 0.25, patience: 2, leastImprovement: 1e-4, epochs: 12, clipNorm: 0.5 },
    },
  },
  {
    label: "elman, the textbook's carried state, momentum",
    network: sequential(elman(4, { initialState: "learned" }), lastStep(), dense(1)),
    inputSize: 1,
    data: windows(wave.slice(0, 24), { window: 5 }),
    options: {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }) },
      ...{ batchSize: 1, shuffle: false, carryState: true },
    },
  },
  {
    label: "bidirectional lstm, classes, a schedule, Nesterov, frozen weights",
    network: sequential(bidirectional(lstm(3, { name: "both", recurrentDropout: 0.3 })), mean(), dense(3)),
    inputSize: 2,
    data: answers,
    options: {
      ...{ loss: crossEntropy, optimizer: sgd({ learningRate: 0.1, momentum: 0.8, nesterov: true }), batchSize: 5 },
      ...{ schedule: halving({ every: 6 }), seed: 3 },
    },
    frozen: "both.weight_hh_l0",
    schedules: { halving: halving as never },
  },
  {
    label: "mgu on indRnn, a dataset for validation, adam",
    network: sequential(indRnn(4), dropout(0.1), mgu(3), lastStep(), dense(1)),
    inputSize: 1,
    data: series.slice(0, 50),
    options: {
      ...{ loss: meanSquaredError, optimizer: adam({ learningRate: 0.03, weightDecay: 0.01 }), batchSize: 8 },
      ...{ validation: series.slice(50, series.count), patience: 3, epochs: 8 },
    },
  },
  {
    label: "gru, a warm-up times a rate that falls on plateaus and one of one's own",
    network: atEnd(gru(4)),
    inputSize: 1,
    data: series,
    options: {
      ...{ loss: meanSquaredError, optimizer: adamW({ learningRate: 0.05 }), batchSize: 15, validation: 0.2 },
      schedule: productOf(
        warmUp({ steps: 9 }),
        reduceOnPlateau({ factor: 0.5, patience: 0, cooldown: 1, threshold: 0.05 }),
        halving({ every: 12 }),
        reduceOnPlateau({ factor: 0.9, patience: 1, watch: "absoluteError" }),
      ),
      metrics: [absoluteError],
    },
    schedules: { halving: halving as never },
  },
  {
    label: "lstm, one cycle of rate and first moment",
    network: atEnd(lstm(4)),
    inputSize: 1,
    data: series,
    options: {
      ...{ loss: meanSquaredError, optimizer: adam({ learningRate: 0.1 }), batchSize: 20 },
      schedule: oneCycle({ steps: 25 }),
    },
  },
  {
    label: "minLstm and minGru, a loss of one's own, plain descent",
    network: perStep(sequential(minLstm(4), minGru(3, { recurrentDropout: 0 }))),
    inputSize: 2,
    data: { input, target: steps.target },
    options: {
      loss: (prediction, target) => {
        const gradient = prediction.data.map((value, index) => Math.sign(value - (target.data[index] as number)));
        return {
          loss: gradient.reduce((sum, sign) => sum + sign * sign, 0),
          gradient: gradient.map((sign) => sign / 40),
        };
      },
      ...{ optimizer: sgd({ learningRate: 0.05 }), batchSize: 6 },
    },
  },
  {
    label: "truncated back-propagation over ragged streams, stacked, noise, learned states",
    network: sequential(
      gru(4, { zoneout: 0.2, recurrentDropout: 0.2, initialState: "learned" }),
      dropout(0.2),
      lstm(3, { normalization: "layer" }),
      dropout(0.1, { perSequence: true }),
      dense(1),
    ),
    inputSize: 2,
    data: steps,
    options: { loss: meanSquaredError, batchSize: 4, seed: 4, truncate: truncated({ every: 2, window: 5 }) },
  },
  {
    label: "stateful batches of one long series, a dataset for validation",
    network: sequential(lstm(5), dense(1)),
    inputSize: 1,
    data: streams(wave, { batchSize: 3 }),
    options: {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), batchSize: 3 },
      ...{ truncate: truncated({ every: 3 }), validation: streams(wave.slice(0, 20)), patience: 9 },
    },
  },
  {
    label: "accumulated batches of ragged steps with weights, averaged weights, rates of their own, noise",
    network: perStep(gru(4, { name: "rnn", zoneout: 0.2, recurrentDropout: 0.2 })),
    inputSize: 2,
    data: steps,
    options: {
      ...{ loss: meanSquaredError, optimizer: adamW({ learningRate: 0.05 }), batchSize: 3, accumulate: 2, seed: 8 },
      ...{ averaging: ema({ decay: 0.75, start: 5 }), validation: 0.3, patience: 8, clipNorm: 0.5 },
    },
    frozen: "rnn.bias_hh_l0",
    rates(model) {
      setRates(model, ({ shape }) => shape.length < 2, { decay: 0 });
      setRates(model, "rnn", { rate: 0.3 });
    },
  },
  {
    label: "accumulated windows with the textbook's carried state, averaged to the end",
    network: sequential(lstm(3), lastStep(), dense(1)),
    inputSize: 1,
    data: windows(wave.slice(0, 21), { window: 5 }),
    options: {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }), averaging: ema({ decay: 0.9 }), epochs: 4 },
      ...{ batchSize: 1, shuffle: false, carryState: true, accumulate: 3 },
    },
  },
  {
    label: "gru, gradients clipped parameter by parameter, some frozen, rates of their own, accumulated batches",
    network: perStep(gru(3, { name: "rnn", recurrentDropout: 0.2 })),
    inputSize: 2,
    data: steps,
    options: {
      ...{ loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), batchSize: 5, accumulate: 2 },
      clipParameterNorm: 0.02,
    },
    frozen: "rnn.bias_hh_l0",
    rates: (model) => setRates(model, "rnn.weight_hh_l0", { rate: 0.5 }),
  },
  {
    label: "lstm, each gradient clipped by itself, adam unless told, truncated back-propagation",
    network: perStep(lstm(3)),
    inputSize: 2,
    data: steps,
    options: { loss: meanSquaredError, batchSize: 4, clipValue: 0.01, truncate: truncated({ every: 3 }) },
  },
  {
    label: "encoder and decoder, attention, scheduled sampling, dropout, tokens to tokens",
    network: encoderDecoder({
      ...{ cell: "gru", vocabularySize: 12, targetVocabularySize: 7, units: 5, bidirectional: true, dropout: 0.2 },
      ...{ attention: "general", start: 1, stop: 2, teacherForcing: { kind: "exponential", batches: 40 } },
    }),
    inputSize: 1,
    data: {
      input: lengths.map((length, index) => Array.from({ length }, (_, step) => (index * 5 + step * step) % 12)),
      target: lengths.map((length, index) => [...Array.from({ length: (length * 3) % 5 }, () => 3 + (index % 4)), 2]),
    },
    options: { loss: crossEntropy, batchSize: 5, seed: 9, validation: 0.2, patience: 4, epochs: 20 },
  },
  {
    label: "one to many, half of its steps fed back",
    network: oneToMany({ cell: "lstm", inputSize: 2, outputSize: 2, units: 4, steps: 3, teacherForcing: 0.5 }),
    inputSize: 2,
    data: {
      input: lengths.map((length, index) => [wave[length] as number, wave[index] as number]),
      target: lengths.map((length, index) =>
        Array.from({ length: 1 + (length % 4) }, (_, step) => [wave[index + step], 0] as number[]),
      ),
    },
    options: { loss: meanSquaredError, batchSize: 4 },
  },
];

/** The model of a case as it begins. */
export function modelOf({ network, inputSize, frozen, rates }: ResumeCase): Model {
  const model = new Model(network, { inputSize, seed: 5 });
  rates?.(model);
  if (frozen !== undefined) model.freeze(frozen);
  return model;
}
