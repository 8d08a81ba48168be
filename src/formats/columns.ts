import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError } from "../errors.js";
import { show } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { cudnnRows, raised, reorderBlocks, rowsOf, stacked, sumOf, transposed } from "./blocks.js";
import { type Dialect, type Reading, readDirections, type WrittenTensor } from "./dialect.js";
import { type Direction, type Place, type PlaceParameter, placeTitle } from "./places.js";

/** What the systems with kernels differ in. */
export interface KernelStyle {
  readonly joint: boolean;
  readonly kernels: "columns" | "rows";
  readonly forgetBias: number;
  /** The order of a cell's blocks, or what keeps the system from having the cell. */
  order(place: Place & { readonly cell: CellDefinition }): readonly string[] | { readonly problem: string };
}

const KERNELS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];

/** A layer in the style of Keras and TensorFlow: `kernel`, `recurrent_kernel`, `bias`. */
export function kernelLayers(style: KernelStyle): Pick<Dialect, "read" | "write"> {
  return {
    read: (place, module) =>
      readDirections(place, module, (direction, reading) => readDirection(style, place, direction, reading)),
    write: (place, values, module, index) =>
      place.directions.flatMap((direction) =>
        writeDirection(style, place, direction, values).map(([part, tensor]): WrittenTensor => {
          return { module, index, isReverse: direction.isReverse, part, tensor };
        }),
      ),
  };
}

function readDirection(style: KernelStyle, place: Place, direction: Direction, reading: Reading): void {
  requireParts(place, direction, (text) => reading.lacks(text));
  if (place.isTable) readTable(direction, reading);
  else if (place.cell === undefined) readPlain(style, direction, reading);
  else {
    const order = style.order({ ...place, cell: place.cell });
    if ("problem" in order) reading.lacks(order.problem);
    else new RecurrentReader(style, { ...place, cell: place.cell }, direction, order, reading).read();
  }
}

/** One direction of a layer in the style's parts. @throws ArgumentError when the system has no such layer */
function writeDirection(
  style: KernelStyle,
  place: Place,
  direction: Direction,
  values: ReadonlyMap<string, Tensor>,
): [part: string, tensor: Tensor][] {
  const refuse = (text: string) => {
    throw new ArgumentError(`${place.description} ${text}.`);
  };
  requireParts(place, direction, refuse);
  if (place.isTable) return direction.parameters.map(({ name }) => ["embeddings", values.get(name) as Tensor]);
  if (place.cell === undefined) return writePlain(style, direction, values);
  const order = style.order({ ...place, cell: place.cell });
  if ("problem" in order) return refuse(order.problem);
  return writeRecurrent(style, place.cell, direction, order, values);
}

/** Notes parameters that have no name in this style. */
function requireParts({ cell }: Place, { parameters }: Direction, note: (text: string) => void): void {
  const known = cell === undefined ? ["weight", "bias"] : KERNELS;
  const strange = parameters.filter(({ part }) => !known.includes(part)).map(({ part }) => part);
  if (strange.length > 0) note(`has ${strange.join(", ")}, which these weights have no place for`);
}

/** The table of an embedding [vocabularySize, size] has one form everywhere. */
function readTable({ parameters }: Direction, reading: Reading): void {
  for (const { name, shape } of parameters) {
    const table = reading.want("embeddings", shape);
    if (table !== undefined) reading.values.set(name, table);
  }
}

/** How the parameters of a layer without time are called: those of a normalisation are vectors. */
function plainPart({ part, shape }: PlaceParameter, { parameters: [first] }: Direction): string {
  const isNorm = first?.shape.length === 1;
  if (part === "bias") return isNorm ? "beta" : "bias";
  return shape.length === 1 ? "gamma" : "kernel";
}

function readPlain({ kernels }: KernelStyle, direction: Direction, reading: Reading): void {
  for (const parameter of direction.parameters) {
    const { name, shape } = parameter;
    const isTurned = kernels === "columns" && shape.length === 2;
    const found = reading.want(plainPart(parameter, direction), isTurned ? [...shape].reverse() : shape);
    if (found !== undefined) reading.values.set(name, isTurned ? transposed(found) : found);
  }
}

function writePlain(
  { kernels }: KernelStyle,
  direction: Direction,
  values: ReadonlyMap<string, Tensor>,
): [string, Tensor][] {
  return direction.parameters.map((parameter) => {
    const value = values.get(parameter.name) as Tensor;
    const isTurned = kernels === "columns" && parameter.shape.length === 2;
    return [plainPart(parameter, direction), isTurned ? transposed(value) : value];
  });
}

/** Reads one direction of one recurrent layer. */
class RecurrentReader {
  readonly #style: KernelStyle;
  readonly #place: Place & { readonly cell: CellDefinition };
  readonly #direction: Direction;
  readonly #order: readonly string[];
  readonly #reading: Reading;

  constructor(
    style: KernelStyle,
    place: Place & { readonly cell: CellDefinition },
    direction: Direction,
    order: readonly string[],
    reading: Reading,
  ) {
    this.#style = style;
    this.#place = place;
    this.#direction = direction;
    this.#order = order;
    this.#reading = reading;
  }

  read(): void {
    const isCudnn = this.#readBias();
    if (this.#style.joint) this.#readJoint();
    else {
      this.#readKernel("kernel", "weight_ih", isCudnn);
      this.#readKernel("recurrent_kernel", "weight_hh", isCudnn);
    }
  }

  #find(part: string): PlaceParameter | undefined {
    return this.#direction.parameters.find((parameter) => parameter.part === part);
  }

  /** Keeps rows [order · H, …] as the parameter's blocks. */
  #keep(part: string, rows: Tensor): void {
    const found = this.#find(part);
    if (found !== undefined)
      this.#reading.values.set(found.name, reorderBlocks(rows, this.#order, this.#place.cell.gates));
  }

  #readKernel(part: string, own: string, isCudnn: boolean): void {
    const found = this.#find(own);
    if (found === undefined) return;
    const columns = this.#order.length * this.#place.units;
    const inner = found.shape[1] as number;
    const isColumns = this.#style.kernels === "columns";
    const kernel = this.#reading.want(part, isColumns ? [inner, columns] : [columns, inner]);
    if (kernel === undefined) return;
    this.#keep(own, isCudnn ? cudnnRows(kernel, this.#place.units) : isColumns ? transposed(kernel) : kernel);
  }

  #readJoint(): void {
    const { units, inputSize } = this.#place;
    const columns = this.#order.length * units;
    const inner = inputSize + (this.#find("weight_hh")?.shape[1] ?? 0);
    const isColumns = this.#style.kernels === "columns";
    const kernel = this.#reading.want("kernel", isColumns ? [inner, columns] : [columns, inner]);
    if (kernel === undefined) return;
    const whole = isColumns ? kernel : transposed(kernel);
    this.#keep("weight_ih", transposed(rowsOf(whole, 0, inputSize)));
    this.#keep("weight_hh", transposed(rowsOf(whole, inputSize, inner)));
  }

  /** Reads one bias or two; tells whether their shape is that of Keras's CuDNN layers, whose kernels differ too. */
  #readBias(): boolean {
    if (this.#find("bias_ih") === undefined) return false;
    const { cell, units } = this.#place;
    const size = this.#order.length * units;
    const recurrent = this.#reading.take("recurrent_bias");
    const bias = this.#reading.take("bias");
    if (bias === undefined) {
      this.#reading.missing.push(`missing: bias ${show([size])} of ${placeTitle(this.#place)}`);
      return false;
    }
    const isApart = !cell.sharesGradients;
    const found = show(bias.tensor.shape);
    const [isOne, isCudnn] = [found === show([size]), found === show([2 * size])];
    if (isOne && recurrent !== undefined && show(recurrent.tensor.shape) === show([size])) {
      this.#keepBiases(bias.tensor, recurrent.tensor);
    } else if (isOne && recurrent === undefined && !isApart) {
      this.#keepSum(bias.tensor);
    } else if ((isCudnn || found === show([2, size])) && recurrent === undefined && cell.lateBlocks === 0) {
      const both = new Tensor(bias.tensor.data, [2, size]);
      this.#keepBiases(new Tensor(rowsOf(both, 0, 1).data, [size]), new Tensor(rowsOf(both, 1, 2).data, [size]));
    } else {
      const isReset = isApart ? isOne : cell.lateBlocks > 0 && bias.tensor.data.length === 2 * size;
      this.#reading.misfit(bias, show(isApart ? [2, size] : [size]), isReset ? resetHint(cell) : "");
    }
    return isCudnn;
  }

  #keepBiases(input: Tensor, recurrent: Tensor): void {
    this.#keep("bias_ih", this.#raised(input));
    this.#keep("bias_hh", recurrent);
  }

  /** The only bias of a file: the input bias, or half of it both where they are tied. */
  #keepSum(bias: Tensor): void {
    const { data, shape } = this.#raised(bias);
    const isTied = this.#find("bias_ih")?.owner === this.#find("bias_hh")?.owner;
    const values = isTied ? data.map((value) => value / 2) : data;
    this.#keep("bias_ih", new Tensor(values, shape));
    this.#keep("bias_hh", new Tensor(isTied ? values : new Float32Array(values.length), shape));
  }

  #raised(bias: Tensor): Tensor {
    return raised(bias, this.#order, this.#place.cell.forgetGates, this.#style.forgetBias);
  }
}

/** What a bias of another GRU says. */
function resetHint({ lateBlocks }: CellDefinition): string {
  const when = lateBlocks > 0 ? "after" : "before";
  return `: such a file's reset gate acts ${when} the product, which is { reset: "${when}" } here`;
}

/** One direction of a recurrent layer in the style's tensors; biases are folded into one where that changes nothing. */
function writeRecurrent(
  { joint, kernels, forgetBias }: KernelStyle,
  cell: CellDefinition,
  { parameters }: Direction,
  order: readonly string[],
  values: ReadonlyMap<string, Tensor>,
): [string, Tensor][] {
  const ordered = (part: string): Tensor | undefined => {
    const found = parameters.find((parameter) => parameter.part === part);
    return found && reorderBlocks(values.get(found.name) as Tensor, cell.gates, order);
  };
  const turned = (rows: Tensor): Tensor => (kernels === "columns" ? transposed(rows) : rows);
  const [input, recurrent] = [ordered("weight_ih") as Tensor, ordered("weight_hh")];
  const written: [string, Tensor][] = [];
  if (joint && recurrent !== undefined) {
    const whole = stacked(transposed(input), transposed(recurrent));
    written.push(["kernel", kernels === "columns" ? whole : transposed(whole)]);
  } else {
    written.push(["kernel", turned(input)]);
    if (recurrent !== undefined) written.push(["recurrent_kernel", turned(recurrent)]);
  }
  const [first, second] = [ordered("bias_ih"), ordered("bias_hh")];
  if (first === undefined) return written;
  const lowered = raised(first, order, cell.forgetGates, -forgetBias);
  if (second === undefined) written.push(["bias", lowered]);
  else if (cell.sharesGradients) written.push(["bias", sumOf(lowered, second)]);
  else written.push(["bias", new Tensor(stacked(lowered, second).data, [2, lowered.data.length])]);
  return written;
}
