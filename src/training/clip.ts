import { ArgumentError } from "../errors.js";
import { type Interior, RANGE_WORDS } from "../models/interior.js";
import { requireNumber } from "../shape.js";
import { paddedCount } from "../tensor/parameters.js";
import { core } from "../wasm/core.js";
import { ints } from "../wasm/memory.js";

/** Keeps PyTorch's factor finite where the norm is 0. */
const TINY = 1e-6;

/** A way to bound gradients. */
interface ClipKind {
  /** Among the options of `clipGradients`. */
  readonly name: "norm" | "value" | "parameterNorm";
  /** Among those of a training, and in its file. */
  readonly option: "clipNorm" | "clipValue" | "clipParameterNorm";
  /** @param norm that of all gradients together */
  bound(interior: Interior, most: number, norm: number): void;
}

/** How gradients are bounded. No single one is larger than `most` then, whatever the way; Infinity leaves them as they are. */
export interface Clip {
  readonly kind: ClipKind;
  readonly most: number;
}

/** All ways there are; the first is that of those who ask for none. */
export const clipKinds = [
  { name: "norm", option: "clipNorm", bound: scaleTogether },
  { name: "value", option: "clipValue", bound: clamp },
  { name: "parameterNorm", option: "clipParameterNorm", bound: scaleApart },
] as const satisfies readonly ClipKind[];

/**
 * The way that options ask for.
 * @param key by which name
 * @param owner what a message adds to that name
 * @param otherwise the norm where they ask for nothing
 * @throws ArgumentError when they ask for two, or for a bound that is not above 0
 */
export function clipOf(options: object, key: "name" | "option", owner: string, otherwise?: number): Clip {
  const given = options as Readonly<Record<string, unknown>>;
  const [found, second] = clipKinds.filter((kind) => given[kind[key]] !== undefined);
  if (found !== undefined && second !== undefined)
    throw new ArgumentError(
      `gradients are clipped in one way, received ${found[key]} and ${second[key]}${owner}. Give one of them.`,
    );
  const kind = found ?? clipKinds[0];
  const most = found === undefined ? otherwise : given[kind[key]];
  return { kind, most: most === Infinity ? most : requireNumber(kind[key] + owner, most, Number.MIN_VALUE) };
}

function scaleTogether(interior: Interior, most: number, norm: number): void {
  const { address, count } = interior.ranges();
  scale(interior, address, count, most, norm);
}

function clamp(interior: Interior, most: number): void {
  const { address, count } = interior.ranges();
  core().clampRanges(address, count, interior.parameters.gradients, most);
}

/** Ranges join neighbours, so each parameter is written as one of its own, into the place that every table has behind it. */
function scaleApart(interior: Interior, most: number): void {
  const { parameters } = interior;
  const { address, count } = interior.ranges();
  const word = (address >> 2) + count * RANGE_WORDS;
  for (const entry of parameters.entries) {
    if (entry.isFrozen) continue;
    ints[word] = entry.offset;
    ints[word + 1] = paddedCount(entry);
    scale(interior, 4 * word, 1, most, Math.sqrt(core().sumOfSquares(4 * word, 1, parameters.gradients)));
  }
}

function scale({ parameters }: Interior, ranges: number, count: number, most: number, norm: number): void {
  const factor = most / (norm + TINY);
  if (factor < 1) core().scaleRanges(ranges, count, parameters.gradients, factor);
}
