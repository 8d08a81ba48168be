import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { elements } from "../shape.js";
import type { ParameterBlock } from "../tensor/parameters.js";

interface Line {
  readonly path: string;
  readonly layer: string;
  readonly output: string;
  readonly parameters: number;
}

/** A table of the layers of a network: path, kind, output shape, number of parameters. */
export function summarize(layer: Layer, inputSize: number, parameters: ParameterBlock): string {
  const lines = linesOf(layer, { width: inputSize, each: "step" }, "", parameters.shared);
  const rows = [
    ["path", "layer", "output", "parameters"],
    ...lines.map((line) => [line.path, line.layer, line.output, grouped(line.parameters)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const text = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 3 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join("  "),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width, 6));
  const frozen = parameters.entries.filter((entry) => entry.isFrozen).reduce((sum, entry) => sum + entry.count, 0);
  const total = `${grouped(parameters.count)} parameters (${grouped(parameters.count * 4)} bytes)`;
  return [
    ...headline(layer),
    text[0],
    rule,
    ...text.slice(1),
    rule,
    frozen > 0 ? `${total}, ${grouped(frozen)} of them frozen` : total,
  ].join("\n");
}

/** Options that a network of parts has in its name. */
const IN_NAME = ["cell", "units", "merge"];

/** What a network of parts says of itself that its parts do not: `encoderDecoder(gru 64): attention dot, start 1, …`. */
function headline(layer: Layer): string[] {
  const { children, describe } = definitionOf(layer);
  if (children === undefined) return [];
  const says = Object.entries(layer.config)
    .filter(([option, value]) => (value === true || /string|number/.test(typeof value)) && !IN_NAME.includes(option))
    .map(([option, value]) => (value === true ? option : `${option} ${value}`));
  return says.length === 0 ? [] : [`${describe(layer.config)}: ${says.join(", ")}`];
}

/** @param shared parameters that are another's: they count there */
function linesOf(layer: Layer, input: Flow, path: string, shared: ReadonlyMap<string, unknown>): Line[] {
  const definition = definitionOf(layer);
  const children = definition.children?.(layer.config, input);
  const { width, each } = definition.output(layer.config, input);
  const own = definition
    .parameters(layer.config, input)
    .filter(({ name }) => !shared.has(path === "" ? name : `${path}.${name}`));
  const line = {
    path: path === "" ? "·" : path,
    layer: children === undefined ? definition.describe(layer.config) : layer.type,
    output: each === "step" ? `[batch, time, ${width}]` : `[batch, ${width}]`,
    parameters: own.reduce((sum, { shape }) => sum + elements(shape), 0),
  };
  const last = children?.at(-1);
  if (children === undefined || last === undefined) return [line];
  const lines = children.flatMap((child) =>
    linesOf(child.layer, child.input, [path, child.path].filter((part) => part !== "").join("."), shared),
  );
  // Of layers around others those are told that take steps away or give them back.
  return definitionOf(last.layer).output(last.layer.config, last.input).each === each ? lines : [...lines, line];
}

/** 12345 as `12 345`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}
