import type { CellDefinition } from "../cells/cell.js";
import { type InitializerName, initializer } from "../initializers.js";
import { elements } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";
import type { Flow } from "./layer.js";
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

/** The same initial values, and the forget bias on top of them. */
function withForgetBias(
  fill: ParameterSpec["initialize"],
  cell: CellDefinition,
  { units, forgetBias }: RecurrentConfig,
): ParameterSpec["initialize"] {
  return (address, shape, key) => {
    fill(address, shape, key);
    for (const gate of cell.forgetGates) {
      const start = (address >> 2) + cell.gates.indexOf(gate) * units;
      for (let unit = start; unit < start + units; unit++) floats[unit] = (floats[unit] as number) + forgetBias;
    }
  };
}
