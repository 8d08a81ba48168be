import type { CellDefinition } from "../cells/cell.js";
import { type InitializerName, initializer } from "../initializers.js";
import { elements } from "../shape.js";
import { log } from "../tensor/float64.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import type { Flow } from "./layer.js";
import { gainSpec } from "./normPlan.js";
import type { RecurrentConfig } from "./recurrentConfig.js";
import { stateParts } from "./recurrentGeometry.js";

/** The parameters of a recurrent layer, named as PyTorch names them. */
export function recurrentParameters(cell: CellDefinition, config: RecurrentConfig, input: Flow): ParameterSpec[] {
  const { units, inputInitializer, recurrentInitializer, biasInitializer } = config;
  const rows = cell.gates.length * units;
  const recurrentRows = (cell.recurrentBlocks + cell.lateBlocks) * units;
  const suffix = config.direction === "reverse" ? "_l0_reverse" : "_l0";
  const inBlocks = blockwise(units);
  const own = cell.own?.(config);
  const bias = inBlocks(biasInitializer);
  const hidden = config.projectionSize ?? units;
  const specs: ParameterSpec[] = [
    { name: "weight_ih", shape: [rows, input.width], initialize: inBlocks(inputInitializer) },
  ];
  if (recurrentRows > 0)
    specs.push({ name: "weight_hh", shape: [recurrentRows, hidden], initialize: inBlocks(recurrentInitializer) });
  if (own !== undefined)
    specs.push({ name: own.name, shape: [own.blocks * units], initialize: inBlocks(own.initializer) });
  if (config.bias) specs.push({ name: "bias_ih", shape: [rows], initialize: withForgetBias(bias, cell, config) });
  if (config.bias && recurrentRows > 0) specs.push({ name: "bias_hh", shape: [recurrentRows], initialize: bias });
  if (config.projectionSize !== null) {
    const initialize: ParameterSpec["initialize"] = (address, shape, key) =>
      initializer(inputInitializer)(address, shape, key, units);
    specs.push({ name: "weight_hr", shape: [hidden, units], initialize });
  }
  if (config.normalization === "layer") specs.push(...normParameters(cell, config));
  if (config.initialState === "learned") {
    for (const { name, units: width } of stateParts(cell, config)) {
      specs.push({
        name: `initial_${name}`,
        shape: [width],
        initialize: initializer("zeros") as ParameterSpec["initialize"],
      });
    }
  }
  return specs.map((spec) => ({ ...spec, name: spec.name + suffix }));
}

/** Gains of the normalised products, and gain and shift of a normalised state; the products' shifts are the biases. */
function normParameters(cell: CellDefinition, { units, bias }: RecurrentConfig): ParameterSpec[] {
  const recurrentRows = (cell.recurrentBlocks + cell.lateBlocks) * units;
  const specs = [gainSpec("norm_ih", cell.gates.length * units)];
  if (recurrentRows > 0) specs.push(gainSpec("norm_hh", recurrentRows));
  const state = cell.normalizedState;
  if (state === undefined) return specs;
  specs.push(gainSpec(`norm_${state}`, units));
  const zeros = initializer("zeros") as ParameterSpec["initialize"];
  if (bias) specs.push({ name: `norm_${state}_bias`, shape: [units], initialize: zeros });
  return specs;
}

/** Initial values one block of `units` rows at a time, each from a key of its own. */
function blockwise(units: number): (name: InitializerName) => ParameterSpec["initialize"] {
  return (name) => {
    const fill = initializer(name);
    return (address, shape, key) => {
      const block = [units, ...shape.slice(1)];
      for (let at = 0; at < (shape[0] as number); at += units) {
        const index = at / units;
        fill(address + 4 * index * elements(block), block, [key[0], (key[1] + index) >>> 0], units);
      }
    };
  };
}

/** A number of steps for each unit, uniform in [1, longest − 1]. */
function keepingTimes(units: number, longest: number, [low, high]: readonly [number, number]): Float32Array {
  const region = new Region();
  try {
    const address = region.words(units);
    // Another place of the counter than that of the values themselves.
    core().fillUniform(address, units, 1, longest - 1, low, high, 1, 0);
    return floats.slice(address >> 2, (address >> 2) + units);
  } finally {
    region.dispose();
  }
}

/** The same initial values, and the forget bias on top of them. */
function withForgetBias(
  fill: ParameterSpec["initialize"],
  cell: CellDefinition,
  { units, forgetBias }: RecurrentConfig,
): ParameterSpec["initialize"] {
  const add = (address: number, gate: string, bias: (unit: number) => number) => {
    const start = (address >> 2) + cell.gates.indexOf(gate) * units;
    for (let unit = 0; unit < units; unit++) floats[start + unit] = (floats[start + unit] as number) + bias(unit);
  };
  return (address, shape, key) => {
    fill(address, shape, key);
    if (typeof forgetBias === "number") for (const gate of cell.forgetGates) add(address, gate, () => forgetBias);
    else {
      const times = keepingTimes(units, forgetBias.longest, key);
      for (const [gate, sign] of Object.entries(cell.paces ?? {}))
        add(address, gate, (unit) => sign * log(times[unit] as number));
    }
  };
}
