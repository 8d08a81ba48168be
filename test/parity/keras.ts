import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { dot, partOfFirst } from "./axes.js";
import { compareTensors, type Engine } from "./engine.js";
import { kerasGradients, kerasRun, kerasSides, kerasStates } from "./kerasLayer.js";
import { merged, mergedBackward } from "./kerasMerge.js";

type Tensors = Record<string, ArrayLike<number>>;

/** Kind keras: layers of Keras, composed from single layers in one direction. */
export function attemptKeras<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  if (reference.config.stateful === true) return attemptStateful(reference, engine);
  const runs = kerasSides(reference).map((side) => {
    const run = kerasRun(reference, engine, side, engine.numbers(reference.values("x")));
    const names = kerasStates(reference).initial.map((name) => side.prefix + name);
    if (!reference.has(names[0])) return run;
    return { ...run, initial: names.map((name) => engine.numbers(reference.values(name))) };
  });
  const results = runs.map((run) => runLayer(reference, engine, run));
  const produced = outputsOf(reference, results);
  const outputs = reference.config.outputs as readonly string[];
  const terms = outputs.map((name) => dot(produced[name], reference.values(`g.${name}`)));
  produced.loss = [terms.reduce((sum, value) => sum + value, 0)];
  Object.assign(produced, backward(reference, engine, runs, results));
  const gradients = [...reference.tensors.keys()].filter((name) => name.startsWith("grad."));
  return compareTensors(reference, engine, [...outputs, "loss", ...gradients], produced, true);
}

/** Calls one after the other, each from the states that the one before left in each direction, unless they were reset. */
function attemptStateful<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const outputs = reference.config.outputs as readonly string[];
  const resets = reference.config.resetBefore as readonly number[];
  const produced: Tensors = {};
  let results: readonly RecurrentResult<A>[] = [];
  outputs.forEach((name, call) => {
    const x = engine.numbers(partOfFirst(reference.values("x"), call, outputs.length));
    const before = resets.includes(call) ? [] : results;
    results = kerasSides(reference).map((side, index) => {
      const initial = before[index]?.final;
      const run = { ...kerasRun(reference, engine, side, x), ...(initial === undefined ? {} : { initial }) };
      return runLayer(reference, engine, run);
    });
    produced[name] = outputsOf(reference, results).output;
  });
  return compareTensors(reference, engine, outputs, produced);
}

function runLayer<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  run: RecurrentRun<A>,
): RecurrentResult<A> {
  const masked = reference.has("mask") ? { stepMask: reference.values("mask") } : {};
  return engine.subject.runRecurrent({ ...run, ...masked });
}

/** What each direction gives to the merging: its outputs in order of time, or the last one it came to. */
function givenToMerge<A extends Numbers>(reference: ReferenceCase, results: readonly RecurrentResult<A>[]): A[] {
  return results.map(({ output, final }) => (reference.config.returnSequences === true ? output : final[0]));
}

function outputsOf<A extends Numbers>(reference: ReferenceCase, results: readonly RecurrentResult<A>[]): Tensors {
  const { mergeMode } = reference.config;
  const parts = givenToMerge(reference, results);
  const inOrder = (values: ArrayLike<number>): ArrayLike<number> => processingOrder(reference, values);
  const outputs: Tensors =
    mergeMode === null
      ? { output_forward: inOrder(parts[0]), output_backward: inOrder(parts[1]) }
      : { output: inOrder(merged(mergeMode, parts, reference.number("units"))) };
  kerasSides(reference).forEach(({ prefix }, index) => {
    kerasStates(reference).final.forEach((name, state) => {
      outputs[prefix + name] = results[index].final[state];
    });
  });
  return outputs;
}

/** From the order of time to that of a layer that goes backwards, or the other way: the sequences turned round. */
function processingOrder(reference: ReferenceCase, values: ArrayLike<number>): ArrayLike<number> {
  const { goBackwards, returnSequences } = reference.config;
  if (goBackwards !== true || returnSequences !== true) return values;
  const steps = reference.number("seq_len");
  const width = values.length / (reference.number("batch") * steps);
  return Float64Array.from({ length: values.length }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    return values[(row + steps - 1 - 2 * (row % steps)) * width + column];
  });
}

function backward<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  runs: readonly RecurrentRun<A>[],
  results: readonly RecurrentResult<A>[],
): Tensors {
  const { mergeMode, returnSequences } = reference.config;
  const given = (name: string): ArrayLike<number> => processingOrder(reference, reference.values(`g.${name}`));
  const dParts =
    mergeMode === null
      ? [given("output_forward"), given("output_backward")]
      : mergedBackward(mergeMode, givenToMerge(reference, results), reference.number("units"), given("output"));
  const produced: Tensors = {};
  const dX = new Float64Array(runs[0].x.length);
  kerasSides(reference).forEach((side, index) => {
    const dFinal = dFinalOf(reference, side.prefix, results[index]);
    if (returnSequences !== true) addTo(dFinal[0], dParts[index]);
    const dOutput = returnSequences === true ? { dOutput: engine.numbers(dParts[index]) } : {};
    const result = runLayer(reference, engine, { ...runs[index], ...dOutput, dFinal: dFinal.map(engine.numbers) });
    addTo(dX, result.dX ?? []);
    Object.assign(produced, kerasGradients(reference, side, result.gradients ?? {}));
    kerasStates(reference).initial.forEach((name, state) => {
      produced[`grad.${side.prefix}${name}`] = result.dInitial?.[state] ?? [];
    });
  });
  return { ...produced, "grad.x": dX };
}

/** What the loss gives to the final states of a direction; zeros where it does not see them. */
function dFinalOf<A extends Numbers>(
  reference: ReferenceCase,
  prefix: string,
  { final }: RecurrentResult<A>,
): Float64Array[] {
  return kerasStates(reference).final.map((name, state) => {
    const given = `g.${prefix}${name}`;
    return reference.has(given) ? Float64Array.from(reference.values(given)) : new Float64Array(final[state].length);
  });
}

function addTo(sums: Float64Array, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) sums[index] += values[index];
}
