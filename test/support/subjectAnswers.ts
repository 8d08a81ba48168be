/** Trainings of encoder and decoder through the public interface. */
import {
  type CellName,
  crossEntropyWith,
  encoderDecoder,
  type Layer,
  Model,
  Tensor,
  Trainer,
} from "../../src/index.js";
import { countLayers, courseOf, lastNorm } from "./subjectTraining.js";
import type { AnswerTraining, TrainingResult } from "./trainingContract.js";

type F32 = Float32Array;

function networkOf(given: AnswerTraining<F32>): Layer {
  const { cell, options, units, start, vocabulary, embeddingSize, initial } = given;
  if (!("encoder.bias_ih_l0" in initial)) throw new Error("the layers of an encoderDecoder have biases");
  const layers = countLayers(initial, "encoder");
  return encoderDecoder({
    ...{ cell: cell as CellName, units, layers, start, ...(options as object) },
    ...{ vocabularySize: vocabulary, targetVocabularySize: vocabulary },
    ...{ embeddingSize, targetEmbeddingSize: embeddingSize },
  });
}

export function trainAnswers(given: AnswerTraining<F32>): TrainingResult<F32> {
  const { updates, batch, steps, answerSteps } = given;
  using model = new Model(networkOf(given));
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  const parameterOf = (name: string) => {
    const found = byName.get(pathOf(name));
    if (found === undefined) throw new Error(`the model has no ${pathOf(name)}`);
    return found;
  };
  for (const [name, values] of Object.entries(given.initial))
    parameterOf(name).write(new Tensor(values, parameterOf(name).shape));
  const [loss, gradientNorm]: [number[], number[]] = [[], []];
  const data = {
    input: new Tensor(Float32Array.from(given.source), [updates * batch, steps]),
    lengths: given.lengths,
    target: new Tensor(Float32Array.from(given.target), [updates * batch, answerSteps]),
  };
  const trainer = new Trainer(model, data, {
    ...{ loss: crossEntropyWith({ ignoreIndex: given.ignored }), ...courseOf(given) },
    ...{ batchSize: batch, shuffle: false, onUpdate: (value: number) => loss.push(value) },
  });
  // One pass over the data in order: a batch is an update, as recorded.
  while (loss.length < updates) {
    trainer.run({ batches: 1 });
    gradientNorm.push(lastNorm(trainer));
  }
  const final = Object.keys(given.initial).map((name) => [name, parameterOf(name).read().data] as const);
  return { loss, gradientNorm, final: Object.fromEntries(final) };
}

/** The library's paths for the names of the reference. */
function pathOf(name: string): string {
  const [first = "", rest = ""] = name.split(".");
  if (first === "fc") return `decoder.head.${rest}`;
  if (first.endsWith("_embedding")) return `${first.replace("_", ".")}.${rest}`;
  return `${first}.rnn.${rest}`.replace(/rnn\.(.*)_l([1-9]\d*)/, "rnn$2.$1_l0");
}
