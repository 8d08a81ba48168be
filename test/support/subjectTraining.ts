/** Whole trainings through the public interface. */
import {
  type Activation,
  adam,
  backpropagate,
  type CellName,
  clipGradients,
  crossEntropy,
  dense,
  fit,
  gradientNorm,
  type Layer,
  type LossFunction,
  lstm,
  gru,
  elman,
  meanSquaredError,
  Model,
  manyToOne,
  Optimizer,
  sequential,
  sgd,
  Tensor,
  windows,
} from "../../src/index.js";
import type { CharacterTraining, Named, OptimizerSpec, TrainingResult, WindowTraining } from "./subjectContract.js";

type F32 = Float32Array;

/** The library's paths for torch's names `rnn.…` and `fc.…`. */
function pathOf(name: string): string {
  return name.replace(/^fc\./, "head.");
}

function write(model: Model, values: Named<F32>): void {
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  for (const [name, data] of Object.entries(values)) {
    const parameter = byName.get(pathOf(name));
    if (parameter === undefined) throw new Error(`the model has no ${pathOf(name)}`);
    parameter.write(new Tensor(data, parameter.shape));
  }
}

function read(model: Model, names: Iterable<string>): Named<F32> {
  const byName = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  return Object.fromEntries([...names].map((name) => [name, byName.get(pathOf(name))?.read().data as F32]));
}

function optimizer({ name, options, schedule }: OptimizerSpec) {
  const makers = { adam, sgd } as Record<string, ((options: object) => ReturnType<typeof adam>) | undefined>;
  const make = makers[name];
  if (make === undefined || schedule !== undefined) throw new Error(`training with ${name} is not built yet`);
  return make(options);
}

/** (y − p)² / 2. */
const halvedSquare: LossFunction = (prediction, target) => {
  const error = (prediction.data[0] as number) - (target.data[0] as number);
  return { loss: (error * error) / 2, gradient: Float32Array.of(error) };
};

export async function trainWindows(given: WindowTraining<F32>): Promise<TrainingResult<F32>> {
  const own = given.activation === undefined ? {} : { activation: given.activation as Activation };
  const spec = manyToOne({ cell: given.cell as CellName, inputSize: 1, units: given.units, outputSize: 1, ...own });
  using model = new Model(spec);
  write(model, given.initial);
  const loss: number[] = [];
  await fit(model, windows(given.series, { window: given.window }), {
    loss: given.isHalved ? halvedSquare : meanSquaredError,
    optimizer: optimizer(given.optimizer),
    batchSize: 1,
    shuffle: false,
    carryState: given.carryState,
    onUpdate: (value) => loss.push(value),
  });
  return { loss, final: read(model, Object.keys(given.initial)) };
}

const layers: Record<string, ((units: number, options: object) => Layer) | undefined> = { elman, gru, lstm };

export function trainCharacters(given: CharacterTraining<F32>): TrainingResult<F32> {
  const { batch, steps, vocabulary, sequences, clipNorm } = given;
  const make = layers[given.cell];
  if (make === undefined) throw new Error(`no layer of cell ${given.cell}`);
  using model = new Model(sequential(make(given.units, { name: "rnn" }), dense(vocabulary, { name: "head" })), { inputSize: vocabulary });
  write(model, given.initial);
  const update = new Optimizer(model, optimizer(given.optimizer));
  const [loss, gradientNorms]: [number[], number[]] = [[], []];
  for (let from = 0; from < sequences.length; from += batch * (steps + 1)) {
    const input = new Float32Array(batch * steps * vocabulary);
    const target = new Float32Array(batch * steps);
    for (let index = 0; index < batch * steps; index++) {
      const at = from + index + Math.floor(index / steps);
      input[index * vocabulary + (sequences[at] as number)] = 1;
      target[index] = sequences[at + 1] as number;
    }
    const data = { input: new Tensor(input, [batch, steps, vocabulary]), target: new Tensor(target, [batch, steps]) };
    loss.push(backpropagate(model, data, crossEntropy));
    gradientNorms.push(clipNorm === undefined ? gradientNorm(model) : clipGradients(model, { norm: clipNorm }));
    update.update();
  }
  return { loss, final: read(model, Object.keys(given.initial)), ...(clipNorm === undefined ? {} : { gradientNorm: gradientNorms }) };
}
