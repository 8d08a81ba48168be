import { architectures } from "../architectures/index.js";
import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError, FormatError, ShapeError } from "../errors.js";
import { layers } from "../layers/index.js";
import type { Layer, LayerDefinition } from "../layers/layer.js";
import { tied } from "../layers/tied.js";

/** Layers nested deeper than this are no network. */
const DEEPEST = 32;

/** Definitions by type: of layers and of architectures. A recurrent layer's depends on the cells that are known. */
type Table = Readonly<
  Record<string, (config: object, cells?: Readonly<Record<string, CellDefinition>>) => LayerDefinition>
>;

/**
 * A specification from its plain form, as `JSON.parse` gives it.
 * @param cells further cells, a user's own
 * @throws FormatError when it is not one
 */
export function specification(plain: unknown, cells?: Readonly<Record<string, CellDefinition>>, depth = 0): Layer {
  const table: Table = { ...layers, ...architectures };
  if (typeof plain !== "object" || plain === null || depth > DEEPEST)
    throw new FormatError("the file's network is not a tree of layers.");
  const { type, config, name, tied: to } = plain as Record<string, unknown>;
  if (typeof type !== "string" || !Object.hasOwn(table, type)) {
    throw new FormatError(
      `the file has a layer of an unknown type ${JSON.stringify(type)}. Known are ${Object.keys(table).join(", ")}.`,
    );
  }
  if (typeof config !== "object" || config === null)
    throw new FormatError(`the file's layer "${type}" has no configuration.`);
  const definition = (table[type] as Table[string])(config, cells);
  try {
    const layer = definition.make(withLayers(config, cells, depth), name as string | undefined);
    return to === undefined ? layer : tied(layer, to as string);
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof ShapeError)
      throw new FormatError(`the file's layer "${type}": ${error.message}`);
    throw error;
  }
}

/** Specifications inside a configuration come back to life too. */
function withLayers(
  config: object,
  cells: Readonly<Record<string, CellDefinition>> | undefined,
  depth: number,
): object {
  const revive = (value: unknown) => (isPlainLayer(value) ? specification(value, cells, depth + 1) : value);
  const entries = Object.entries(config).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map(revive) : revive(value),
  ]);
  return Object.fromEntries(entries);
}

function isPlainLayer(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && "config" in value;
}
