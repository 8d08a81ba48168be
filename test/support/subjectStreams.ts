import { readSafetensors } from "../../src/formats/safetensors.js";
import { Model, meanSquaredError, sequential, Tensor, Trainer, truncated } from "../../src/index.js";
import { courseOf, headOf, hiddenWidth, lastNorm, read, stackOf, write } from "./subjectTraining.js";
import type { StreamTraining, TrainingResult } from "./trainingContract.js";

type F32 = Float32Array;

/** Truncated back-propagation through the public interface, one update a run. */
export function trainStreams(given: StreamTraining<F32>): TrainingResult<F32> {
  const { sets, batch, steps, inputSize, outputs, every, window } = given;
  const network = sequential(...stackOf(given), headOf(given.initial, outputs));
  using model = new Model(network, { inputSize });
  write(model, given.initial);
  const data = {
    input: new Tensor(given.x, [sets * batch, steps, inputSize]),
    target: new Tensor(given.target, [sets * batch, steps, outputs]),
  };
  const trainer = new Trainer(model, data, {
    ...{ loss: meanSquaredError, ...courseOf(given), batchSize: batch, shuffle: false, epochs: 1 },
    truncate: truncated({ every, window }),
  });
  const [loss, states, gradientNorm]: [number[], (F32 | undefined)[], number[]] = [[], [], []];
  while (trainer.stopped === undefined) {
    loss.push(trainer.run({ batches: 1 }).loss);
    gradientNorm.push(lastNorm(trainer));
    states.push(carried(trainer, given));
  }
  return { loss, states, gradientNorm, final: read(model, Object.keys(given.initial)) };
}

/** The hidden states with which the next steps begin: the first tensor of the window, where all its steps are new. */
function carried(trainer: Trainer, given: StreamTraining<F32>): F32 | undefined {
  const { batch, every, window } = given;
  if (every !== window) throw new Error("the states to go on with are told where nothing else is held");
  const rows = readSafetensors(trainer.save(), "trainer").tensors.get("window.0")?.data;
  if (rows === undefined) return undefined;
  const stride = rows.length / batch;
  const width = hiddenWidth(given);
  return Float32Array.from({ length: batch * width }, (_, at) => rows[Math.floor(at / width) * stride + (at % width)]);
}
