import { type Shape, sameShape, show } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { FileTensor, Module, NameParts } from "./modules.js";
import type { Direction, Place } from "./places.js";

/** A value that a format gives to a file: where it belongs, and the tensor. */
export interface WrittenTensor extends NameParts {
  readonly tensor: Tensor;
}

/** How a system names and lays out weights. */
export interface Dialect {
  /** Name for people: `PyTorch`. */
  readonly title: string;
  /** What a name says; undefined for one that is not the system's. */
  parse(name: string): NameParts | undefined;
  /** The name of a tensor. */
  nameOf(parts: NameParts): string;
  /** Values of a layer's parameters from a layer of a file. */
  read(place: Place, module: Module): Reading;
  /**
   * A layer's parameters as the system has them.
   * @throws ArgumentError when it has no such layer
   */
  write(place: Place, values: ReadonlyMap<string, Tensor>, module: string, index: number): WrittenTensor[];
}

/** What reading a layer gave: values by parameter name, what the file does not have, and all that does not fit. */
export class Reading {
  readonly values = new Map<string, Tensor>();
  /** Apart from the rest: a parameter that is tied may be there under another name. */
  readonly missing: string[] = [];
  readonly problems: string[] = [];
  readonly #left: Map<string, FileTensor>;
  readonly #place: Place;

  constructor(place: Place, parts: ReadonlyMap<string, FileTensor>) {
    this.#place = place;
    this.#left = new Map(parts);
  }

  /** The tensor of a part, which counts as used. */
  take(part: string): FileTensor | undefined {
    const found = this.#left.get(part);
    this.#left.delete(part);
    return found;
  }

  /** The tensor of a part in the shape that the layer needs; what does not fit is noted and gives undefined. */
  want(part: string, shape: Shape, title = part): Tensor | undefined {
    const found = this.take(part);
    if (found === undefined) {
      this.missing.push(`missing: ${title} ${show(shape)} of ${this.#owner()}`);
      return undefined;
    }
    if (sameShape(found.tensor.shape, shape)) return found.tensor;
    this.misfit(found, show(shape), blockHint(found.tensor.shape, shape, this.#place));
    return undefined;
  }

  /** Notes that a tensor has another shape than the layer needs. */
  misfit({ name, tensor }: FileTensor, wanted: string, hint = ""): void {
    this.problems.push(`tensor "${name}" has shape ${show(tensor.shape)}, ${this.#owner()} needs ${wanted}${hint}`);
  }

  /** Notes that the layer has something the system has not. */
  lacks(what: string): void {
    this.problems.push(`${this.#owner()} ${what}`);
  }

  /** Notes the tensors that nobody took. */
  close(): this {
    for (const { name } of this.#left.values()) {
      this.problems.push(`left over: tensor "${name}", which ${this.#owner()} has no place for`);
    }
    this.#left.clear();
    return this;
  }

  /** Whether the file has all that the layer needs, in its shapes, and nothing else. */
  get isWhole(): boolean {
    return this.missing.length === 0 && this.problems.length === 0;
  }

  #owner(): string {
    const { path, description } = this.#place;
    return path === "" ? description : `${description} at "${path}"`;
  }
}

/** Reads each direction of a layer; what a file has beyond them is left over. */
export function readDirections(
  place: Place,
  { forward, reverse }: Module,
  readOne: (direction: Direction, reading: Reading) => void,
): Reading {
  const readings = place.directions.map((direction) => {
    // A layer that only reads backward may stand in a file without the mark of its direction.
    const isMarked = direction.isReverse && (place.directions.length > 1 || reverse.size > 0);
    const reading = new Reading(place, isMarked ? reverse : forward);
    readOne(direction, reading);
    return { reading: reading.close(), isMarked };
  });
  const used = new Set(readings.map(({ isMarked }) => isMarked));
  const spare = new Reading(
    place,
    new Map([...(used.has(false) ? [] : forward), ...(used.has(true) ? [] : reverse)]),
  ).close();
  for (const { reading } of readings) {
    for (const [name, tensor] of reading.values) spare.values.set(name, tensor);
    spare.missing.push(...reading.missing);
    spare.problems.push(...reading.problems);
  }
  return spare;
}

/** The declaration that describes a cell's own weights, for a system that does not have it. */
export function ownLayout({ cell }: Place): string {
  const gates = cell?.gates.every((gate) => gate.length === 1)
    ? `"${cell.gates.join("")}"`
    : JSON.stringify(cell?.gates);
  return `{ gates: ${gates}, kernels: "rows" }`;
}

/** What a wrong number of rows or columns says about the gates. */
function blockHint(found: Shape, wanted: Shape, { cell, units }: Place): string {
  if (cell === undefined || found.length !== wanted.length) return "";
  const differing = wanted.flatMap((size, axis) => (size === found[axis] ? [] : [axis]));
  const [axis] = differing;
  if (differing.length !== 1 || axis === undefined) return "";
  const [came, needed] = [(found[axis] as number) / units, (wanted[axis] as number) / units];
  if (!Number.isInteger(came) || needed !== cell.gates.length || units === 1) return "";
  const gates = cell.gates.length === 1 ? "1 gate block" : `${cell.gates.length} gate blocks`;
  return `: ${came} instead of its ${gates} (${cell.gates.join(", ")})`;
}
