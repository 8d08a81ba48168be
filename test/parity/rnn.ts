import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, RecurrentResult } from "../support/subjectContract.js";
import { compareTensors, type Engine, type Produced } from "./engine.js";
import { type RnnLoss, rnnLoss } from "./rnnLoss.js";
import {
  fileOrder,
  layerRun,
  parameterSuffix,
  partOf,
  type RnnStack,
  readStack,
  sideBySide,
  stateWidths,
} from "./rnnStack.js";

/** The inputs of each layer and the results of each layer and direction, forward. */
interface Trace<A extends Numbers> {
  readonly inputs: A[];
  readonly results: RecurrentResult<A>[][];
  /** [B, T, N·P] */
  readonly output: A;
}

/**
 * Kind rnn: layers of torch.nn, composed from single layers in one direction, so that the composition is the test's own
 * and the equations, time, lengths and derivatives the engine's.
 */
export function attemptRnn<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const stack = readStack(reference, engine);
  const trace = forward(stack, engine);
  const finals = stateWidths(stack).map((_, state) => gather(trace.results, (result) => result.final[state]));
  const loss = rnnLoss(stack, trace.output, finals);
  const produced: Produced = {
    output: fileOrder(reference, trace.output, stack.batch, stack.steps),
    loss: [loss.loss],
    h_n: finals[0],
    ...(finals.length > 1 ? { c_n: finals[1] } : {}),
    ...backward(stack, engine, trace, loss),
  };
  const names = [...reference.tensors.keys()].filter((name) => name.startsWith("grad."));
  const states = ["h_n", "c_n"].slice(0, finals.length);
  return compareTensors(reference, engine, ["output", ...states, "loss", ...names], produced, true);
}

function forward<A extends Numbers>(stack: RnnStack<A>, engine: Engine<A>): Trace<A> {
  const trace: Trace<A>["results"] = [];
  const inputs: A[] = [];
  let input = stack.x;
  for (let layer = 0; layer < stack.layers; layer++) {
    inputs.push(input);
    const results: RecurrentResult<A>[] = [];
    for (let direction = 0; direction < stack.directions; direction++) {
      results.push(engine.subject.runRecurrent(layerRun(stack, input, layer, direction)));
    }
    input = sideBySide(
      stack,
      results.map((result) => result.output),
    );
    trace.push(results);
  }
  return { inputs, results: trace, output: input };
}

function backward<A extends Numbers>(
  stack: RnnStack<A>,
  engine: Engine<A>,
  trace: Trace<A>,
  loss: RnnLoss<A>,
): Produced {
  const produced: Record<string, ArrayLike<number>> = {};
  const results: RecurrentResult<A>[][] = [];
  let dOutput: ArrayLike<number> = loss.dOutput;
  for (let layer = stack.layers - 1; layer >= 0; layer--) {
    results[layer] = layerBackward(stack, engine, trace.inputs[layer], layer, dOutput, loss);
    results[layer].forEach(({ gradients = {} }, direction) => {
      for (const [name, values] of Object.entries(gradients)) {
        produced[`grad.${name}${parameterSuffix(layer, direction)}`] = values;
      }
    });
    dOutput = Float64Array.from(trace.inputs[layer], (_, index) =>
      results[layer].reduce((sum, { dX }) => sum + (dX?.[index] ?? 0), 0),
    );
  }
  produced["grad.x"] = fileOrder(stack.reference, dOutput, stack.batch, stack.steps);
  for (const state of stateWidths(stack).keys()) {
    produced[["grad.h0", "grad.c0"][state]] = gather(results, (result) => result.dInitial?.[state]);
  }
  return produced;
}

/** Each direction of one layer, forward and back. */
function layerBackward<A extends Numbers>(
  stack: RnnStack<A>,
  engine: Engine<A>,
  input: A,
  layer: number,
  dOutput: ArrayLike<number>,
  loss: RnnLoss<A>,
): RecurrentResult<A>[] {
  return Array.from({ length: stack.directions }, (_, direction) =>
    engine.subject.runRecurrent({
      ...layerRun(stack, input, layer, direction),
      dOutput: partOf(stack, dOutput, direction),
      dFinal: loss.dFinal?.(layer, direction),
    }),
  );
}

/** One state of every layer and direction, [L·N, B, width]. */
function gather<A extends Numbers>(
  results: readonly RecurrentResult<A>[][],
  pick: (result: RecurrentResult<A>) => A | undefined,
): Float64Array {
  return Float64Array.from(results.flat().flatMap((result) => Array.from(pick(result) ?? [])));
}
