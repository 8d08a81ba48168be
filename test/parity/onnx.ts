import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, RecurrentResult } from "../support/subjectContract.js";
import { dot } from "./axes.js";
import { compareTensors, type Engine } from "./engine.js";
import {
  fromOutput,
  fromState,
  inputAxes,
  type OnnxOperator,
  operatorGradients,
  operatorRun,
  readOperator,
  stateNames,
  toOutput,
  toState,
} from "./onnxOperator.js";

type Tensors = Record<string, ArrayLike<number>>;

/** Kind onnx: one RNN, GRU or LSTM operator, composed from single layers in one direction. */
export function attemptOnnx<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const operator = readOperator(reference);
  const results = directionsOf(operator).map((direction) =>
    engine.subject.runRecurrent(operatorRun(operator, engine, direction)),
  );
  const produced: Tensors = {
    Y: toOutput(
      operator,
      results.map(({ output }) => output),
    ),
  };
  stateNames(operator).final.forEach((name, state) => {
    produced[name] = toState(
      operator,
      results.map(({ final }) => final[state]),
    );
  });
  const outputs = ["Y", ...stateNames(operator).final].filter((name) => reference.has(`g.${name}`));
  const terms = outputs.map((name) => dot(produced[name], reference.values(`g.${name}`)));
  produced.loss = [terms.reduce((sum, value) => sum + value, 0)];
  Object.assign(produced, backward(operator, engine));
  const gradients = [...reference.tensors.keys()].filter((name) => name.startsWith("grad."));
  return compareTensors(reference, engine, [...outputs, "loss", ...gradients], produced, true);
}

function directionsOf({ directions }: OnnxOperator): number[] {
  return Array.from({ length: directions }, (_, direction) => direction);
}

/** The derivatives of Σ Y · g.Y + Σ Y_h · g.Y_h + Σ Y_c · g.Y_c; a tensor without a weighting does not count. */
function backward<A extends Numbers>(operator: OnnxOperator, engine: Engine<A>): Tensors {
  const { reference } = operator;
  const dOutputs = reference.has("g.Y") ? fromOutput(operator, "g.Y") : [];
  const { initial, final } = stateNames(operator);
  const results = directionsOf(operator).map((direction): RecurrentResult<A> => {
    const dOutput = dOutputs[direction];
    return engine.subject.runRecurrent({
      ...operatorRun(operator, engine, direction),
      ...(dOutput === undefined ? {} : { dOutput: engine.numbers(dOutput) }),
      dFinal: final.map((name) => engine.numbers(fromState(operator, `g.${name}`, direction))),
    });
  });
  const dX = Float64Array.from(results[0].dX ?? [], (_, index) =>
    results.reduce((sum, result) => sum + (result.dX?.[index] ?? 0), 0),
  );
  const gradients = results.map((result) => result.gradients ?? {});
  const produced: Tensors = { ...operatorGradients(operator, gradients), "grad.X": inputAxes(operator, dX, true) };
  initial.forEach((name, state) => {
    const dInitial = results.map((result) => result.dInitial?.[state] as A);
    produced[`grad.${name}`] = toState(operator, dInitial);
  });
  return produced;
}
