import type { AnswerRows } from "../layers/answering.js";
import type { KeepGates } from "../layers/keptGates.js";
import { type Draws, definitionOf, type Layer, type LayerRun, type Planner, planLayer } from "../layers/layer.js";
import { type Capacity, Layout } from "../tensor/layout.js";
import type { ParameterBlock } from "../tensor/parameters.js";
import { padded, type Rows } from "../tensor/rows.js";
import type { Region } from "../wasm/region.js";

/** A layer of a plan, at its path in the network. */
export interface PlannedLayer {
  readonly path: string;
  readonly layer: Layer;
  readonly run: LayerRun;
}

/** The most a plan can hold of inputs, and of answers where a network answers at steps of its own. */
export interface PlanCapacity extends Capacity {
  readonly answers?: Capacity | undefined;
}

/** Memory and calls for batches up to a capacity, for training or for prediction alone. */
export class Plan {
  readonly capacity: PlanCapacity;
  readonly layout: Layout;
  readonly input: Rows;
  /** Of a network that answers at steps of its own. */
  readonly answers: AnswerRows | undefined;
  readonly run: LayerRun;
  /** Every layer, those inside a layer before it. */
  readonly layers: readonly PlannedLayer[];
  /** Memory that lives as long as the plan. */
  readonly region: Region;
  readonly #parameters: ParameterBlock;
  #packed = 0;

  /**
   * @param region of its own; half full when this throws
   * @param isMasked whether its batches have a mask
   */
  constructor(
    layer: Layer,
    inputSize: number,
    parameters: ParameterBlock,
    training: boolean,
    capacity: PlanCapacity,
    region: Region,
    draws: Draws,
    isMasked = false,
    keepGates?: KeepGates,
  ) {
    this.region = region;
    this.capacity = capacity;
    this.layout = new Layout(capacity, region, isMasked);
    this.input = plainRows(this.layout, inputSize, region);
    this.answers = answerRows(layer, inputSize, capacity.answers ?? capacity, region);
    this.#parameters = parameters;
    const layers: PlannedLayer[] = [];
    this.layers = layers;
    this.run = planLayer(
      layer,
      this.input,
      planner({ parameters, training, keepGates, region, draws, answers: this.answers, layers }, ""),
    );
  }

  /** Whether a batch fits. */
  holds(needed: PlanCapacity): boolean {
    const { answers = needed } = this.capacity;
    return fits(needed, this.capacity) && (needed.answers === undefined || fits(needed.answers, answers));
  }

  /** Brings the packed copies of the parameters up to date. */
  refresh(): void {
    if (this.#packed === this.#parameters.version) return;
    this.run.pack();
    this.#packed = this.#parameters.version;
  }
}

function fits({ sequences, steps, rows }: Capacity, room: Capacity): boolean {
  return sequences <= room.sequences && steps <= room.steps && rows <= room.rows;
}

/** Rows without a gradient. */
function plainRows(layout: Layout, width: number, region: Region): Rows {
  const stride = 4 * padded(width);
  const address = layout.keep(region.bytes(layout.capacity.rows * stride), stride);
  return { address, gradient: 0, width, stride, gradientStride: stride, layout };
}

/** Room for the answers of a network that gives them at steps of its own. */
function answerRows(layer: Layer, inputSize: number, capacity: Capacity, region: Region): AnswerRows | undefined {
  const { answers, output } = definitionOf(layer);
  if (answers === undefined) return undefined;
  const isToken = answers(layer.config).kind === "tokens";
  const width = isToken ? 1 : output(layer.config, { width: inputSize, each: "step" }).width;
  const layout = new Layout(capacity, region);
  return { layout, wanted: plainRows(layout, width, region), isTaught: false };
}

/** What all planners of a plan share. */
interface Shared {
  readonly parameters: ParameterBlock;
  readonly training: boolean;
  readonly keepGates: KeepGates | undefined;
  readonly region: Region;
  readonly draws: Draws;
  readonly answers: AnswerRows | undefined;
  readonly layers: PlannedLayer[];
}

function planner(shared: Shared, path: string): Planner {
  const { parameters, training, keepGates, region, draws, answers } = shared;
  return {
    path,
    draws,
    training,
    keepGates,
    region,
    ...(answers && { answers }),
    parameter(name) {
      const { offset } = parameters.find(path + name);
      return { value: parameters.values + 4 * offset, gradient: parameters.gradients + 4 * offset };
    },
    child: (inner) => planner(shared, inner === "" ? path : `${path}${inner}.`),
    planned: (layer, run) => void shared.layers.push({ path: path.replace(/\.$/, ""), layer, run }),
  };
}
