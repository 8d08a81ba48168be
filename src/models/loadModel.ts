import type { CellDefinition } from "../cells/cell.js";
import { FormatError } from "../errors.js";
import { readSafetensors } from "../formats/safetensors.js";
import { parameterTree } from "../layers/parameterTree.js";
import { requireInteger, requireKnownOptions, requireNumber, type Shape, sameShape, show } from "../shape.js";
import { ownSpecs } from "../tensor/parameters.js";
import type { Tensor } from "../tensor/tensor.js";
import { interiorOf, VALUES } from "./interior.js";
import { FORMAT, Model, type ModelOptions } from "./model.js";
import { specification } from "./specification.js";
import { readVectors } from "./vectors.js";
import { requireVerified } from "./verify.js";

/** What reading a model may be told. */
export interface LoadOptions {
  /** Cells of your own that the network uses: a list, or by name. */
  readonly cells?: readonly CellDefinition[] | Readonly<Record<string, CellDefinition>>;
  /**
   * Whether the model is held against the test vectors that its file carries: `true`, or the largest difference allowed
   * as a part of the largest recorded value. Default false.
   */
  readonly verify?: boolean | number;
}

/**
 * Difference allowed by `verify: true`. Equal weights give equal bits; outputs that another system recorded are within
 * the rounding of float32, which rarely costs a millionth.
 */
const SAME = 1e-5;

/** What the metadata of a saved model says. */
interface Content {
  readonly network: unknown;
  readonly inputSize: number;
  readonly seed: number;
  /** Names of the test vectors. */
  readonly vectors?: unknown;
  /** Names of the parameters that training may not change; none where it is left out. */
  readonly frozen?: unknown;
  /** Name, rate and decay of those whose factors are not 1; none where it is left out. */
  readonly rates?: unknown;
}

/**
 * A model from the file that `model.save()` gave. Its predictions have the same bits.
 *
 * @example
 * const twin = loadModel(model.save());
 * @throws FormatError when the file is damaged, of a newer format, or not a model, or when it is to be verified and does
 *   not give what it recorded
 */
export function loadModel(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Model {
  requireKnownOptions("loadModel", options, ["cells", "verify"]);
  const { tensors, metadata } = readSafetensors(bytes, "model file");
  const content = readContent(metadata.recurve, "model") as Content;
  const { network, inputSize, seed, vectors, frozen = [], rates = [] } = content;
  const { verify = false } = options;
  if (typeof verify !== "boolean") requireNumber("verify of loadModel", verify, 0);
  const model = restoreModel(tensors, network, inputSize, seed, options);
  try {
    freezeAll(model, frozen);
    restoreRates(model, rates);
    if (verify !== false) requireVerified(model, readVectors(tensors, vectors), verify === true ? SAME : verify);
    return model;
  } catch (error) {
    // What does not pass is not handed out.
    model.dispose();
    if (error instanceof FormatError) throw error;
    throw new FormatError(`model file: its test vectors do not fit it: ${(error as Error).message}`);
  }
}

/** Freezes what a file says was frozen. @throws FormatError when that is no list of the model's parameters */
function freezeAll(model: Model, frozen: unknown): void {
  const known = new Set(model.parameters.map(({ name }) => name));
  if (Array.isArray(frozen) && frozen.every((name) => known.has(name))) {
    for (const name of frozen) model.freeze(name);
    return;
  }
  throw new FormatError(
    `model file: "frozen" must list parameters of its network, received ${JSON.stringify(frozen)}.`,
  );
}

/** Gives parameters the factors that a file says. @throws FormatError when that is no list of such */
function restoreRates(model: Model, rates: unknown): void {
  const { parameters } = interiorOf(model);
  const known = new Map(parameters.entries.map((entry) => [entry.name, entry]));
  const isFactor = (value: unknown) => typeof value === "number" && value >= 0 && Number.isFinite(Math.fround(value));
  const isRate = (one: unknown) =>
    Array.isArray(one) && one.length === 3 && known.has(one[0]) && isFactor(one[1]) && isFactor(one[2]);
  if (Array.isArray(rates) && rates.every(isRate)) {
    for (const [name, rate, decay] of rates) Object.assign(known.get(name) as object, { rate, decay });
    parameters.rangesVersion++;
    return;
  }
  throw new FormatError(
    `model file: "rates" must list names, rates and decays of its parameters, received ${JSON.stringify(rates)}.`,
  );
}

/**
 * The JSON that a file of ours carries.
 * @throws FormatError when it is missing, damaged, of another kind, or of a newer format
 */
export function readContent(text: string | undefined, kind: string): object {
  if (text === undefined)
    throw new FormatError(
      `the file was not written by recurve: its metadata has no "recurve" entry. Weights of others come in by importWeights.`,
    );
  let content: { format?: unknown; kind?: unknown };
  try {
    content = JSON.parse(text);
  } catch {
    throw new FormatError(`the file's "recurve" metadata is not JSON.`);
  }
  if (typeof content !== "object" || content === null)
    throw new FormatError(`the file's "recurve" metadata is not an object.`);
  if (typeof content.format !== "number" || !Number.isInteger(content.format) || content.format < 1) {
    throw new FormatError(`the file's format number is ${JSON.stringify(content.format)}, which is none.`);
  }
  if (content.format > FORMAT)
    throw new FormatError(
      `the file has format ${content.format}, this version of recurve reads up to ${FORMAT}. Update recurve.`,
    );
  if (content.kind !== kind) throw new FormatError(`the file holds a ${String(content.kind)}, not a ${kind}.`);
  return content;
}

/**
 * A model from its plain specification and its tensors; tensors of other names are left alone.
 * @throws FormatError when a tensor is missing, of another shape, or not finite
 */
export function restoreModel(
  tensors: ReadonlyMap<string, Tensor>,
  network: unknown,
  inputSize: unknown,
  seed: unknown,
  options: LoadOptions = {},
): Model {
  const { cells } = options;
  const own = Array.isArray(cells) ? cells : Object.values(cells ?? {});
  const layer = specification(network, Object.fromEntries(own.map((cell: CellDefinition) => [cell.name, cell])));
  try {
    const width = requireInteger("inputSize", inputSize, 1, 0x10_0000);
    const specs = ownSpecs(parameterTree(layer, { width, each: "step" }));
    for (const { name, shape } of specs) requireTensor(tensors, name, shape);
    return new Model(layer, { inputSize: width, seed: seed as number, [VALUES]: tensors } as ModelOptions);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`the file describes a network that cannot be: ${(error as Error).message}`);
  }
}

function requireTensor(tensors: ReadonlyMap<string, Tensor>, name: string, shape: Shape): void {
  const found = tensors.get(name);
  if (found === undefined) throw new FormatError(`model file: tensor "${name}" is missing.`);
  if (!sameShape(found.shape, shape)) {
    throw new FormatError(
      `model file: tensor "${name}" has shape ${show(found.shape)}, the network needs ${show(shape)}.`,
    );
  }
  const bad = found.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new FormatError(`model file: tensor "${name}" holds ${found.data[bad]} at position ${bad}.`);
}
