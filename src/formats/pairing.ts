import { ArgumentError } from "../errors.js";
import { type Module, moduleTitle, tensorsOf } from "./modules.js";
import { type Place, placeTitle } from "./places.js";

/** Which layer of the file belongs to which layer of the model, and what keeps that from being clear. */
export interface Pairing {
  readonly pairs: ReadonlyMap<Place, Module>;
  readonly problems: readonly string[];
}

/**
 * Pairs the layers of a model with those of a file: by the names told, by equal names (before which a file may have a path of
 * its own), the further layers of a stack (`rnn.weight_ih_l1` …) with the recurrent layers that follow, and the rest by kind
 * and shape. Where several fit alike they are taken in the order of their numbers (`lstm`, `lstm_1`); if their names differ
 * by more than numbers, or say another layer, the choice is not clear: a file may list its tensors in any order. Where there
 * are as many as layers of the model with values of their own, those tied to others get none.
 *
 * @param names for paths of the model, the path in the file
 * @param fits whether the tensors of a layer of the file have the shapes that a layer of the model needs
 */
export function pair(
  places: readonly Place[],
  modules: readonly Module[],
  names: Readonly<Record<string, string>>,
  fits: (place: Place, module: Module) => boolean,
): Pairing {
  const pairs = new Map<Place, Module>();
  const problems: string[] = [];
  const free = (): Module[] => modules.filter((module) => ![...pairs.values()].includes(module));
  for (const [path, name] of Object.entries(names)) {
    const place = places.find((candidate) => candidate.path === path);
    if (place === undefined) {
      throw new ArgumentError(
        `names: the model has no layer "${path}" with parameters. It has ${places.map(placeTitle).join("; ")}.`,
      );
    }
    const module = free().find((candidate) => candidate.path === name.replaceAll("/", "."));
    if (module === undefined) problems.push(`missing: the tensors of "${name}" for ${placeTitle(place)}`);
    else pairs.set(place, module);
  }
  const told = new Set(Object.keys(names));
  const open = (): Place[] => places.filter((place) => !pairs.has(place) && !told.has(place.path));
  pairByName(open(), places, free, pairs);
  pairBelow(open(), free, pairs, fits);
  pairStacks(open, places, free, pairs);
  problems.push(...pairByShape(open, free, pairs, fits));
  return { pairs, problems };
}

/** Equal paths. Numbers alone are no names: they agree by chance unless all of them do. */
function pairByName(
  open: readonly Place[],
  places: readonly Place[],
  free: () => Module[],
  pairs: Map<Place, Module>,
): void {
  const paths = new Set(free().map(({ path }) => path));
  const allAgree = places.length === paths.size && places.every(({ path }) => paths.has(path));
  for (const place of open) {
    if (!place.isNamed && !allAgree) continue;
    const module = free().find(({ path }) => path === place.path);
    if (module !== undefined) pairs.set(place, module);
  }
}

/** Names at the end of a path that no other path ends with: `module.head` is `head`. Longer ones first: they say more. */
function pairBelow(
  open: readonly Place[],
  free: () => Module[],
  pairs: Map<Place, Module>,
  fits: (place: Place, module: Module) => boolean,
): void {
  const named = open.filter(({ isNamed }) => isNamed).sort((a, b) => b.path.length - a.path.length);
  for (const place of named) {
    const [module, ...others] = free().filter(({ path }) => path.endsWith(`.${place.path}`));
    if (module !== undefined && others.every(({ path }) => path === module.path) && fits(place, module))
      pairs.set(place, module);
  }
}

/** Layers 1, 2 … of a stack whose layer 0 has found its place. */
function pairStacks(
  open: () => Place[],
  places: readonly Place[],
  free: () => Module[],
  pairs: Map<Place, Module>,
): void {
  for (const [at, start] of [...pairs].filter(([, { index }]) => index === 0)) {
    let from = places.indexOf(at) + 1;
    for (const module of free().filter(({ path, index }) => path === start.path && index > 0)) {
      const next = places.slice(from).find(({ cell }) => cell !== undefined);
      if (next === undefined || !open().includes(next)) break;
      pairs.set(next, module);
      from = places.indexOf(next) + 1;
    }
  }
}

/** What fits by its shapes alone. */
function pairByShape(
  open: () => Place[],
  free: () => Module[],
  pairs: Map<Place, Module>,
  fits: (place: Place, module: Module) => boolean,
): string[] {
  const problems: string[] = [];
  const settled = new Set<Place>();
  for (const place of open()) {
    if (settled.has(place)) continue;
    const fitting = free().filter((module) => fits(place, module));
    const alike = open().filter(
      (other) => other === place || free().every((module) => fits(other, module) === fitting.includes(module)),
    );
    for (const other of alike) settled.add(other);
    const own = alike.filter((other) => !isTied(other));
    // Values that a file holds once are those of the layers that others are tied to.
    const takers = fitting.length === own.length ? own : alike;
    const ordered = [...fitting].sort(byNumbers).slice(0, takers.length);
    if (isSeries(fitting) && !ordered.some((module, index) => isOfAnother(module, takers[index] as Place, open())))
      ordered.forEach((module, index) => pairs.set(takers[index] as Place, module));
    else problems.push(notClear(alike, fitting));
  }
  pairLast(
    open().filter((place) => free().every((module) => !fits(place, module))),
    free,
    pairs,
  );
  return problems;
}

/** Whether all parameters of a layer are those of others. */
function isTied({ directions }: Place): boolean {
  return directions.every(({ parameters }) => parameters.every(({ name, owner }) => owner !== name));
}

/** Whether a layer of the file has the name of another layer than the one it would be given to. */
function isOfAnother({ path }: Module, place: Place, open: readonly Place[]): boolean {
  const last = (of: string): string => of.slice(of.lastIndexOf(".") + 1);
  return last(path) !== last(place.path) && open.some((other) => other.isNamed && last(other.path) === last(path));
}

function notClear(alike: readonly Place[], fitting: readonly Module[]): string {
  const [ours, theirs] = [alike.map(placeTitle).join("; "), fitting.map(moduleTitle).join("; ")];
  return `not clear: ${ours} could be any of ${theirs}. Name the layers, or give names: { layer: path in the file }`;
}

/** What is left of one kind is paired in order after all, so that its misfits can be told. */
function pairLast(places: readonly Place[], free: () => Module[], pairs: Map<Place, Module>): void {
  for (const place of places) {
    const alike = free().find((module) => isRecurrent(module) === (place.cell !== undefined));
    if (alike !== undefined) pairs.set(place, alike);
  }
}

/** Whether a layer of a file has more tensors than a kernel and a bias. */
function isRecurrent(module: Module): boolean {
  return tensorsOf(module).some(({ name }) => /recurrent|_hh|_ih|\bR$/.test(name));
}

/** Whether the names differ in their numbers only. */
function isSeries(modules: readonly Module[]): boolean {
  const words = modules.map(({ path }) => path.replace(/[_.]?\d+/g, ""));
  return words.every((word) => word === words[0]);
}

function byNumbers(a: Module, b: Module): number {
  const numbers = ({ path, index }: Module) => [...(path.match(/\d+/g) ?? []).map(Number), index];
  const [left, right] = [numbers(a), numbers(b)];
  // `lstm` comes before `lstm_1`.
  if (left.length !== right.length) return left.length - right.length;
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (left[at] as number) - (right[at] as number);
}
