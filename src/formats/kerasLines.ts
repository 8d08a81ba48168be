import { FormatError } from "../errors.js";
import { isJoin } from "./kerasJoins.js";
import { FILE } from "./kerasJson.js";
import { INPUT, type KerasGraph, type KerasLayer, type KerasTensor, layerTitle, REPEAT } from "./kerasTopology.js";

/** Joins within joins: networks have a few, and what builds a model calls itself as deep. */
const DEEPEST = 16;

/** A layer at its place in a line. */
export interface KerasStep {
  readonly layer: KerasLayer;
  /** Of a layer that joins ways: what lies on each behind the last layer that all have in common. */
  readonly ways: readonly (readonly KerasStep[])[];
}

/** A chain of layers from an input, or from a row that is repeated, to a layer that nobody reads but to repeat it. */
export interface KerasLine {
  readonly input: KerasLayer;
  readonly steps: readonly KerasStep[];
  /** Its layers, those on ways before what joins them. */
  readonly layers: readonly KerasLayer[];
}

/** A layer and the way to it. */
interface Place {
  readonly layer: KerasLayer;
  /** Layers before it, those that are on all ways to it. */
  readonly depth: number;
  readonly before?: Place;
  /** What it joins. */
  readonly ends: readonly Place[];
}

type Readers = ReadonlyMap<string, readonly KerasLayer[]>;

/** What a layer reads as its input; states follow where it reads one. */
export function inputsOf({ kind, inbound }: KerasLayer): readonly KerasTensor[] {
  return isJoin(kind) ? inbound : inbound.slice(0, 1);
}

/** The states that a layer begins with. */
export function statesOf({ kind, inbound }: KerasLayer): readonly KerasTensor[] {
  return isJoin(kind) ? [] : inbound.slice(1);
}

/** The lines of a network: where ways part they must meet again. @param problems takes note of what is no line */
export function linesOf({ layers }: KerasGraph, problems: string[]): KerasLine[] {
  const readers = readersOf([...layers.values()], problems);
  const starts = [...layers.values()].filter(({ kind }) => kind === INPUT || kind === REPEAT);
  const places = new Map(starts.map((layer): [string, Place] => [layer.name, { layer, depth: 0, ends: [] }]));
  // It grows by what can be placed now. A ring never can.
  const open = [...starts];
  for (const { name } of open) {
    for (const reader of readers.get(name) ?? []) {
      const ends = inputsOf(reader).flatMap(({ layer }) => places.get(layer) ?? []);
      if (places.has(reader.name) || ends.length < inputsOf(reader).length) continue;
      places.set(reader.name, placeOf(reader, ends, problems));
      open.push(reader);
    }
  }
  const line = lineMaker(readers, problems);
  return [...places.values()]
    .filter(({ layer, depth }) => depth > 0 && (readers.get(layer.name) ?? []).every(({ kind }) => kind === REPEAT))
    .map(line);
}

/** Who reads a layer's output, by its name. */
function readersOf(layers: readonly KerasLayer[], problems: string[]): Readers {
  const readers = new Map<string, KerasLayer[]>();
  for (const layer of layers) {
    const [first] = layer.inbound;
    if (first !== undefined && layer.kind === INPUT) {
      problems.push(`${layerTitle(layer)}: it is an input, but reads "${first.layer}"`);
      continue;
    }
    for (const { layer: name, index } of inputsOf(layer)) {
      if (index !== 0) problems.push(`${layerTitle(layer)}: it reads a state of "${name}" as its input`);
      readers.set(name, [...(readers.get(name) ?? []), layer]);
    }
  }
  return readers;
}

function placeOf(layer: KerasLayer, ends: readonly Place[], problems: string[]): Place {
  const [first] = ends as [Place];
  const before = ends.reduce<Place | undefined>(meeting, first);
  if (before === undefined) problems.push(`${layerTitle(layer)}: it joins what comes from different inputs`);
  return { layer, depth: (before ?? first).depth + 1, before: before ?? first, ends: isJoin(layer.kind) ? ends : [] };
}

/** The last layer that is on both ways. */
function meeting(a: Place | undefined, b: Place | undefined): Place | undefined {
  let [one, other] = [a, b];
  while (one !== other) {
    if ((one?.depth ?? -1) >= (other?.depth ?? -1)) one = one?.before;
    else other = other?.before;
  }
  return one;
}

/** Makes lines of their ends. A layer has one place in one of them. */
function lineMaker(readers: Readers, problems: string[]): (end: Place) => KerasLine {
  const taken = new Set<Place>();
  const between = (start: Place | undefined, end: Place, level: number): KerasStep[] => {
    if (level > DEEPEST) throw new FormatError(`${FILE}: ways within ways lie too deep.`);
    const steps: KerasStep[] = [];
    for (let at: Place | undefined = end; at !== undefined && at !== start && at.depth > 0; at = at.before) {
      const { layer, before, ends } = at;
      const own = readers.get(layer.name) ?? [];
      // What is repeated is the output of a whole line.
      const isRepeated = own.some(({ kind }) => kind === REPEAT) && own.some(({ kind }) => kind !== REPEAT);
      if (isRepeated || taken.has(at))
        problems.push(`${layerTitle(layer)}: its output goes to ${own.map(layerTitle).join(" and ")}`);
      if (taken.has(at)) break;
      taken.add(at);
      steps.push({ layer, ways: ends.map((way) => between(before, way, level + 1)) });
    }
    return steps.reverse();
  };
  return (end) => {
    let start = end;
    while (start.before !== undefined) start = start.before;
    const steps = between(start, end, 0);
    return { input: start.layer, steps, layers: layersOf(steps) };
  };
}

function layersOf(steps: readonly KerasStep[]): KerasLayer[] {
  return steps.flatMap(({ layer, ways }) => [...ways.flatMap(layersOf), layer]);
}
