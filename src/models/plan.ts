import { type Draws, definitionOf, type Layer, type LayerRun, type Planner } from "../layers/layer.js";
import { type Capacity, Layout } from "../tensor/layout.js";
import type { ParameterBlock } from "../tensor/parameters.js";
import { padded, type Rows } from "../tensor/rows.js";
import type { Region } from "../wasm/region.js";

/** Memory and calls for batches up to a capacity, for training or for prediction alone. */
export class Plan {
  readonly capacity: Capacity;
  readonly layout: Layout;
  readonly input: Rows;
  readonly run: LayerRun;
  /** Memory that lives as long as the plan. */
  readonly region: Region;
  readonly #parameters: ParameterBlock;
  #packed = 0;

  /** @param region of its own; half full when this throws */
  constructor(
    layer: Layer,
    inputSize: number,
    parameters: ParameterBlock,
    training: boolean,
    capacity: Capacity,
    region: Region,
    draws: Draws,
  ) {
    this.region = region;
    this.capacity = capacity;
    this.layout = new Layout(capacity, region);
    const stride = 4 * padded(inputSize);
    this.input = {
      address: region.bytes(capacity.rows * stride),
      gradient: 0,
      width: inputSize,
      stride,
      gradientStride: stride,
      layout: this.layout,
    };
    this.#parameters = parameters;
    this.run = definitionOf(layer).plan(layer.config, this.input, planner({ parameters, training, region, draws }, ""));
  }

  /** Whether a batch fits. */
  holds({ sequences, steps, rows }: Capacity): boolean {
    return sequences <= this.capacity.sequences && steps <= this.capacity.steps && rows <= this.capacity.rows;
  }

  /** Brings the packed copies of the parameters up to date. */
  refresh(): void {
    if (this.#packed === this.#parameters.version) return;
    this.run.pack();
    this.#packed = this.#parameters.version;
  }
}

/** What all planners of a plan share. */
interface Shared {
  readonly parameters: ParameterBlock;
  readonly training: boolean;
  readonly region: Region;
  readonly draws: Draws;
}

function planner(shared: Shared, path: string): Planner {
  const { parameters, training, region, draws } = shared;
  return {
    path,
    draws,
    training,
    region,
    parameter(name) {
      const { offset } = parameters.find(path + name);
      return { value: parameters.values + 4 * offset, gradient: parameters.gradients + 4 * offset };
    },
    child: (inner) => planner(shared, inner === "" ? path : `${path}${inner}.`),
  };
}
