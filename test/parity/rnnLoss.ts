import type { Numbers } from "../support/subjectContract.js";
import { batchFirst, type RnnStack, stateOf, stateWidths } from "./rnnStack.js";

/** A loss over the outputs of a stack, and what its derivatives start from. */
export interface RnnLoss<A extends Numbers> {
  readonly loss: number;
  /** [B, T, N·P] */
  readonly dOutput: Float64Array;
  /** Derivatives by the final states of a layer and direction; absent when the loss does not see them. */
  readonly dFinal?: (layer: number, direction: number) => A[];
}

/**
 * The loss of a case of the kind rnn.
 * @param output of the last layer [B, T, N·P]
 * @param finals by state: h_n, c_n, each [L·N, B, width]
 */
export function rnnLoss<A extends Numbers>(stack: RnnStack<A>, output: A, finals: readonly Float64Array[]): RnnLoss<A> {
  const kind = stack.reference.text("loss");
  if (kind === "vjp") return weightedOutputs(stack, output, finals);
  if (kind === "mse_all") return meanOverSteps(stack, output, () => true);
  if (kind === "mse_last") return meanOverSteps(stack, output, (time, length) => time === length - 1);
  throw new Error(`${stack.reference.id}: unknown loss "${kind}"`);
}

/** Σ output · g.output + Σ h_n · g.h_n + Σ c_n · g.c_n */
function weightedOutputs<A extends Numbers>(
  stack: RnnStack<A>,
  output: A,
  finals: readonly Float64Array[],
): RnnLoss<A> {
  const dOutput = Float64Array.from(batchFirst(stack.reference, "g.output"));
  const names = ["g.h_n", "g.c_n"].slice(0, stateWidths(stack).length);
  const ofStates = names.map((name, index) => dot(finals[index], stack.reference.values(name)));
  return {
    loss: dot(output, dOutput) + ofStates.reduce((sum, value) => sum + value, 0),
    dOutput,
    dFinal: (layer, direction) => names.map((name) => stateOf(stack, name, layer, direction)),
  };
}

/** Mean of (output − target)² over the valid steps that count; with one step a sequence, target is [B, N·P]. */
function meanOverSteps<A extends Numbers>(
  stack: RnnStack<A>,
  output: A,
  counts: (time: number, length: number) => boolean,
): RnnLoss<A> {
  const { reference, batch, steps, lengths } = stack;
  const width = output.length / (batch * steps);
  const isPerStep = reference.shape("target").length === 3;
  const target = isPerStep ? batchFirst(reference, "target") : reference.values("target");
  const error = new Float64Array(output.length);
  let elements = 0;
  for (let row = 0; row < batch * steps; row++) {
    const [sequence, time] = [Math.floor(row / steps), row % steps];
    const length = lengths?.[sequence] ?? steps;
    if (time >= length || !counts(time, length)) continue;
    elements += width;
    for (let column = 0; column < width; column++) {
      const from = isPerStep ? row : sequence;
      error[row * width + column] = output[row * width + column] - target[from * width + column];
    }
  }
  return { loss: dot(error, error) / elements, dOutput: error.map((value) => (2 * value) / elements) };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
