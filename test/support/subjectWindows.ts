/** Trainings on windows that slide over a series, through the public interface. */
import {
  type Activation,
  type CellName,
  fit,
  type LossFunction,
  lastStep,
  Model,
  manyToOne,
  meanSquaredError,
  sequential,
  Trainer,
  windows,
} from "../../src/index.js";
import { countLayers, courseOf, headOf, isPlain, lastNorm, read, stackOf, write } from "./subjectTraining.js";
import type { TrainingResult, WindowTraining } from "./trainingContract.js";

type F32 = Float32Array;

/** (y − p)² / 2. */
const halvedSquare: LossFunction = (prediction, target) => {
  const error = (prediction.data[0] as number) - (target.data[0] as number);
  return { loss: (error * error) / 2, gradient: Float32Array.of(error) };
};

export async function trainWindows(given: WindowTraining<F32>): Promise<TrainingResult<F32>> {
  const activation = given.options?.activation as Activation | undefined;
  const own = activation === undefined ? {} : { activation };
  const sizes = { inputSize: 1, units: given.units, outputSize: 1, layers: countLayers(given.initial) };
  using model = isPlain(given.initial)
    ? new Model(manyToOne({ cell: given.cell as CellName, ...sizes, ...own }))
    : new Model(sequential(...stackOf(given), lastStep(), headOf(given.initial, 1)), { inputSize: 1 });
  write(model, given.initial);
  const [loss, gradientNorm]: [number[], number[]] = [[], []];
  const data = windows(given.series, { window: given.window });
  const options = {
    loss: given.isHalved ? halvedSquare : meanSquaredError,
    ...courseOf(given),
    ...{ batchSize: 1, shuffle: false, carryState: given.carryState },
    onUpdate: (value: number) => loss.push(value),
  };
  const final = () => read(model, Object.keys(given.initial));
  if (given.clipNorm === undefined && given.clipValue === undefined) {
    await fit(model, data, options);
    return { loss, final: final() };
  }
  // A trainer tells the norms.
  const trainer = new Trainer(model, data, { ...options, epochs: 1 });
  while (trainer.stopped === undefined) {
    trainer.run({ batches: 1 });
    gradientNorm.push(lastNorm(trainer));
  }
  return { loss, gradientNorm, final: final() };
}
