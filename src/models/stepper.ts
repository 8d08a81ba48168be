import { ArgumentError, ShapeError, StateError } from "../errors.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { describe } from "../shape.js";
import { isFloats } from "../tensor/tensor.js";
import { filled, Region } from "../wasm/region.js";
import { type Fingerprint, fingerprintOf } from "./fingerprint.js";
import type { Interior } from "./interior.js";
import { Plan } from "./plan.js";
import { StreamRows } from "./streamRows.js";

/**
 * A model's plan for single steps of streams side by side. All its sessions share it: their states are copied into the
 * state rows before a step and out of them after it.
 */
export class Stepper {
  /** Features of an input, floats of an output, and floats of all state vectors of one stream. */
  readonly inputSize: number;
  readonly width: number;
  readonly stateSize: number;
  /** Whether a step may be refused when the network reads its input: a token that is none. */
  readonly readsTokens: boolean;
  readonly #interior: Interior;
  #plan: Plan;
  #rows: StreamRows;
  /** Streams that the plan was begun with; 0 before its first use. */
  #begun = 0;
  #fingerprint: (Fingerprint & { readonly version: number }) | undefined;

  /** @throws ArgumentError when the network cannot go step by step */
  constructor(interior: Interior) {
    const layers = [...layersOf(interior.layer, { width: interior.inputSize, each: "step" })];
    for (const layer of layers) requireSteppable(layer);
    this.readsTokens = layers.some((layer) => definitionOf(layer).reads?.(layer.config)?.vocabularySize !== undefined);
    this.#interior = interior;
    this.#plan = this.#planFor(1);
    this.inputSize = interior.inputSize;
    this.width = this.#plan.run.output.width;
    this.#rows = new StreamRows(this.#plan);
    this.stateSize = this.#rows.stateSize;
  }

  #planFor(count: number): Plan {
    const { layer, inputSize, parameters, region, draws } = this.#interior;
    const [own, capacity] = [new Region(region), { sequences: count, steps: 1, rows: count }];
    return filled(own, () => new Plan(layer, inputSize, parameters, false, capacity, own, draws));
  }

  /** @throws StateError when the model was disposed */
  requireLife(): void {
    if (this.#interior.region.isDisposed)
      throw new StateError(
        "this session belongs to a model that was disposed. Load the model again, then the snapshot.",
      );
  }

  /**
   * Makes ready for one step of `count` streams, with the weights as they are now.
   * @param isAnyNew whether a stream among them has not begun: the rows then hold the network's initial states
   * @returns where inputs and states go and come from
   * @throws StateError when the model was disposed, or there is no room
   */
  prepare(count: number, isAnyNew: boolean): StreamRows {
    this.requireLife();
    if (count > this.#plan.capacity.sequences) this.#grow(count);
    this.#plan.refresh();
    if (count !== this.#begun || isAnyNew) {
      this.#plan.layout.assignEqual(count, 1);
      this.#plan.run.begin();
      this.#rows.place();
      this.#begun = count;
    }
    this.#rows.refresh();
    return this.#rows;
  }

  #grow(count: number): void {
    const larger = this.#planFor(count);
    this.#plan.region.dispose();
    this.#plan = larger;
    this.#rows = new StreamRows(larger);
    this.#begun = 0;
  }

  /** One step of all streams that were made ready for. */
  run(): void {
    this.#plan.run.forward(0, 1);
  }

  /** The fingerprint of the model with the weights it has now. @throws StateError when the model was disposed */
  fingerprint(): Fingerprint {
    this.requireLife();
    const { version } = this.#interior.parameters;
    if (this.#fingerprint?.version !== version) this.#fingerprint = { ...fingerprintOf(this.#interior), version };
    return this.#fingerprint;
  }

  /**
   * @param owner who asks, for messages
   * @param session number of the session among many
   * @throws ArgumentError when a feature of the row that begins at `from` is not a finite number in float32
   */
  requireFinite(owner: string, x: ArrayLike<number>, from: number, session?: number): void {
    if (x instanceof Float32Array && isAllFinite(x, from, this.inputSize)) return;
    for (let feature = 0; feature < this.inputSize; feature++) {
      const value: unknown = x[from + feature];
      if (typeof value === "number" && Number.isFinite(Math.fround(value))) continue;
      const whose = session === undefined ? "" : ` of session ${session}`;
      throw new ArgumentError(
        `${owner} expects finite numbers, received ${describe(value)} as feature ${feature}${whose}.`,
      );
    }
  }

  /** @throws ArgumentError, ShapeError when there is no place for `count` outputs */
  requireOutput(owner: string, out: Float32Array, count: number): void {
    // Looked at here first: what others have shown to isFloats would be seen in the code of every step.
    if (!(out instanceof Float32Array || isFloats(out)))
      throw new ArgumentError(`${owner} writes its output into a Float32Array, received ${describe(out)}.`);
    if (out.length === count * this.width) return;
    throw new ShapeError(`${owner} gives ${count * this.width} values, the output given has ${out.length}.`);
  }
}

/** One stepper a model; it lives and ends with the model's memory. */
const steppers = new WeakMap<Interior, Stepper>();

/** The stepper of a model. @throws ArgumentError when the network cannot go step by step */
export function stepperOf(interior: Interior): Stepper {
  let found = steppers.get(interior);
  if (found === undefined) {
    found = new Stepper(interior);
    steppers.set(interior, found);
  }
  return found;
}

/** A layer and those inside it. @param input of the layer */
export function* layersOf(layer: Layer, input: Flow): Iterable<Layer> {
  yield layer;
  for (const child of definitionOf(layer).children?.(layer.config, input) ?? [])
    yield* layersOf(child.layer, child.input);
}

/** @throws ArgumentError naming the layer that cannot go step by step, and why */
function requireSteppable(layer: Layer): void {
  const reason = whyNotByStep(layer);
  if (reason === undefined) return;
  throw new ArgumentError(
    `a session goes step by step, which ${definitionOf(layer).describe(layer.config)} cannot: ${reason} Predict whole sequences, or windows of the stream.`,
  );
}

/** Why a layer cannot go through time step by step, where it cannot: a sentence after its name. */
export function whyNotByStep(layer: Layer): string | undefined {
  const { answers, states, cannotStep } = definitionOf(layer);
  if (answers !== undefined) return "it answers at steps of its own.";
  if (states?.(layer.config).isReversed) return "it reads each sequence from its end, which is yet to come.";
  return cannotStep?.(layer.config);
}

/** Apart from lists: a loop that has seen their elements boxes the numbers of typed arrays too, and steps would allocate. */
function isAllFinite(x: Float32Array, from: number, count: number): boolean {
  for (let at = from; at < from + count; at++) if (!Number.isFinite(x[at])) return false;
  return true;
}
