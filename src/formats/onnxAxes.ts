import { elements, type Shape } from "../shape.js";

/** No tensor of a network has more axes than this. */
export const MOST_AXES = 16;

/** Smaller numbers are sizes of real axes. */
const SMALLEST_OPEN = 0x1_0000;

/** What an axis of a model's data stands for. */
export type AxisRole = "batch" | "time" | "features" | "direction" | "units" | "layers";

/** A part of an axis that stays together, by identity; what it stands for shows when an operator uses it. */
export interface Atom {
  readonly size: number;
  /** Whether the file leaves its size open; `size` stands for it then. */
  readonly isOpen?: boolean;
  role?: AxisRole;
}

/** The axes of a value, each made of atoms, the last running fastest; an axis of length 1 may have none. */
export type Axes = readonly (readonly Atom[])[];

export function sizesOf(axes: Axes): number[] {
  return axes.map((atoms) => elements(atoms.map(({ size }) => size)));
}

/** A size for people: what stands for open axes is told by what they are. */
export function sizeName(size: number, axes: Axes): string {
  const open = axes.flat().find((atom) => atom.isOpen && size > 0 && size % atom.size === 0);
  // What is left of an axis that cannot be cut so.
  if (open === undefined) return Number.isInteger(size) ? String(size) : "?";
  const name = open.role ?? "?";
  return size === open.size ? name : `${name}*${sizeName(size / open.size, axes)}`;
}

/** Whether an axis has this size, or may have it. */
export function fitsSize(atoms: readonly Atom[], size: number): boolean {
  return sizesOf([atoms])[0] === size || atoms.some(({ isOpen }) => isOpen);
}

/** Whether both are the same atoms in the same order; those of length 1 take no part. */
export function isSame(a: readonly Atom[], b: readonly Atom[]): boolean {
  const [own, other] = [a, b].map((atoms) => atoms.filter(({ size }) => size !== 1)) as [Atom[], Atom[]];
  return own.length === other.length && own.every((atom, index) => atom === other[index]);
}

/** Whether both have the same axes, each its own features, but for the one axis. */
export function areAlike(a: Axes, b: Axes, own: readonly Atom[], other: readonly Atom[], but?: number): boolean {
  const isLike = (atoms: readonly Atom[], at: number, counterpart: readonly Atom[] = []) =>
    at === but || isSame(atoms, counterpart) || (isSame(atoms, own) && isSame(counterpart, other));
  return a.length === b.length && a.every((atoms, at) => isLike(atoms, at, b[at]));
}

/** The same values in the same order, cut into axes of these sizes; undefined where a cut would go through an atom. */
export function regroup(axes: Axes, sizes: Shape): Axes | undefined {
  const left = axes.flat();
  if (elements(sizes) !== elements(left.map(({ size }) => size))) return undefined;
  const groups = sizes.map((wanted) => {
    const group: Atom[] = [];
    let size = 1;
    while (left.length > 0 && (size < wanted || (wanted === 1 && group.length === 0 && left[0]?.size === 1))) {
      const atom = left.shift() as Atom;
      group.push(atom);
      size *= atom.size;
    }
    return size === wanted ? group : undefined;
  });
  return groups.some((group) => group === undefined) ? undefined : (groups as Axes);
}

/**
 * Gives a size for each axis whose size is open: a prime that no size in a file happens to be, so that sizes made of it tell what
 * they are made of. Small enough that two of them and a width multiply exactly. Undefined when there are no more.
 */
export function openSizes(): () => number | undefined {
  let size = 99_991 + 1;
  return () => {
    while (size > SMALLEST_OPEN) if (isPrime(--size)) return size;
    return undefined;
  };
}

function isPrime(value: number): boolean {
  for (let factor = 2; factor * factor <= value; factor++) if (value % factor === 0) return false;
  return true;
}
