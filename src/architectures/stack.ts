import type { Activation } from "../activations.js";
import type { CellDefinition } from "../cells/cell.js";
import { type CellName, cells } from "../cells/index.js";
import { ArgumentError } from "../errors.js";
import { bidirectional } from "../layers/bidirectional.js";
import { dropout } from "../layers/dropout.js";
import { embedding } from "../layers/embedding.js";
import type { Layer } from "../layers/layer.js";
import { recurrent } from "../layers/recurrent.js";
import type { RecurrentOptions } from "../layers/recurrentConfig.js";
import { describe, requireFlag, requireInteger, requireOneOf, requireRate } from "../shape.js";

/** What a network reads: features of a width, or tokens of a vocabulary. */
export interface InputOptions {
  /** Input features a step; of a network that reads tokens left out. */
  readonly inputSize?: number;
  /** Tokens there are: the input is token numbers, and an embedding comes first. */
  readonly vocabularySize?: number;
  /** Width of a token's vector; default `units`. */
  readonly embeddingSize?: number;
}

/** What the architecture itself says of its recurrent layers. */
const SAID = ["name", "direction", "initialState", "activation"];

/** Options of every recurrent layer of an architecture: those of all cells, and those of its own, which its description lists. */
export type StackedOptions = Omit<RecurrentOptions, "name" | "direction" | "initialState"> &
  Readonly<Record<string, unknown>>;

/** Recurrent layers on top of each other. */
export interface StackOptions extends InputOptions {
  /** Name of the cell. */
  readonly cell: CellName;
  /** Hidden units of each recurrent layer, in each direction. */
  readonly units: number;
  /** Recurrent layers on top of each other; default 1. */
  readonly layers?: number;
  /** Whether sequences are read in both directions, outputs side by side; default false. */
  readonly bidirectional?: boolean;
  /** Share of features dropped after each recurrent layer while training; default 0. */
  readonly dropout?: number;
  /** Activation of a cell that has one: `elman`, default `tanh`, or `indRnn`, default `relu`. */
  readonly activation?: Activation;
  /** Further options of every recurrent layer, such as `{ zoneout: 0.1, forgetBias: 2 }`; default none. */
  readonly recurrent?: StackedOptions;
}

/** Names of these options. */
export const stackOptionNames = [
  "cell",
  "inputSize",
  "vocabularySize",
  "embeddingSize",
  "units",
  "layers",
  "bidirectional",
  "dropout",
  "activation",
  "recurrent",
] as const;

/**
 * Checks what no layer checks itself.
 * @throws ArgumentError when an option is missing or out of range
 */
export function checkStack(owner: string, options: StackOptions): void {
  const { cell, layers = 1, bidirectional: both = false, dropout: rate = 0 } = options;
  requireOneOf(`cell of ${owner}`, cell, Object.keys(cells));
  checkInput(owner, options);
  requireInteger(`units of ${owner}`, options.units, 1, 65536);
  requireInteger(`layers of ${owner}`, layers, 1, 64);
  requireFlag(`bidirectional of ${owner}`, both);
  requireRate(`dropout of ${owner}`, rate);
  if (options.recurrent !== undefined) checkStacked(owner, options.recurrent);
}

/** @throws ArgumentError where options of the recurrent layers are none, or are the architecture's affair */
function checkStacked(owner: string, options: StackedOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new ArgumentError(`recurrent of ${owner} must be options of a layer, received ${describe(options)}.`);
  const said = SAID.find((name) => options[name] !== undefined);
  if (said !== undefined) throw new ArgumentError(`recurrent of ${owner} cannot say "${said}": ${owner} itself does.`);
}

/** @throws ArgumentError when there is not exactly one kind of input */
function checkInput(owner: string, { inputSize, vocabularySize, embeddingSize }: InputOptions): void {
  if (vocabularySize === undefined) {
    requireInteger(`inputSize of ${owner}`, inputSize);
    if (embeddingSize === undefined) return;
    throw new ArgumentError(`embeddingSize of ${owner} is the width of tokens: give vocabularySize too.`);
  }
  requireInteger(`vocabularySize of ${owner}`, vocabularySize);
  if (embeddingSize !== undefined) requireInteger(`embeddingSize of ${owner}`, embeddingSize, 1, 65536);
  if (inputSize === undefined) return;
  throw new ArgumentError(`${owner} reads features (inputSize) or tokens (vocabularySize), not both.`);
}

/**
 * The layers from the input to the last recurrent one: `embedding`, `rnn`, `rnn1` … with dropout between them. A dropout
 * after the last is left to the caller, who may take something of its state first.
 */
export function recurrentStack(options: StackOptions): Layer[] {
  const { cell, units, layers = 1, bidirectional: both = false, dropout: rate = 0, activation } = options;
  const own = { ...options.recurrent, ...(activation !== undefined && { activation }) };
  const stack: Layer[] = [];
  if (options.vocabularySize !== undefined)
    stack.push(embedding(options.vocabularySize, options.embeddingSize ?? units, { name: "embedding" }));
  for (let index = 0; index < layers; index++) {
    if (index > 0 && rate > 0) stack.push(dropout(rate));
    const layer = recurrent(cells[cell] as CellDefinition, units, {
      ...own,
      name: index === 0 ? "rnn" : `rnn${index}`,
    });
    stack.push(both ? bidirectional(layer) : layer);
  }
  return stack;
}

/** A dropout after the last recurrent layer, if there is any. */
export function lastDropout({ dropout: rate = 0 }: StackOptions): Layer[] {
  return rate > 0 ? [dropout(rate)] : [];
}

/** Width of the input that a configuration tells: a token is one number. */
export function inputWidth({ inputSize, vocabularySize }: InputOptions): number {
  return vocabularySize === undefined ? (inputSize as number) : 1;
}
