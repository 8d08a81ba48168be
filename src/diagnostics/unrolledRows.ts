import { INK, textWidth } from "./svg.js";
import { NODE, type Point, type UnrolledCanvas } from "./unrolledCanvas.js";
import type { Part } from "./unrolledParts.js";

/** Distance of rows, and of tracks side by side in a column. */
export const ROW = 82;
const TRACK_GAP = 16;
/** Room for a line that leads past a layer. */
const BYPASS = 20;

/** Where the output of a row leaves it: its upper edge. */
export interface Port {
  readonly x: number;
  readonly y: number;
  /** How far to either side a line may begin. */
  readonly half: number;
}

/** The ports of a row by column; a gap where a column has none. */
export interface Outlet {
  readonly ports: readonly (Port | undefined)[];
  /** How far they stand from the middles of their columns. */
  readonly shift: number;
  readonly width: number;
  /** The next free row. */
  readonly level: number;
  /** The last states of the rows of cells so far, each at the edge from which it goes on. */
  readonly finals: readonly FinalState[];
  /** Ports of the tracks of a parallel part that is not merged. */
  readonly tracks?: readonly Outlet[];
}

/** The state with which a row of cells ends. */
export interface FinalState {
  readonly at: Point;
  readonly isReversed: boolean;
  readonly label: string;
  readonly hue: string;
}

/** A row's words at the side. */
export interface RowLabel {
  readonly level: number;
  readonly text: string;
  readonly note: string;
  readonly hue: string;
}

/** What rows are drawn with. */
export interface Sheet {
  readonly canvas: UnrolledCanvas;
  /** Middle of each column. */
  readonly columns: readonly number[];
  /** How far the parts of a column reach to either side of its middle. */
  readonly reach: { readonly left: number; readonly right: number };
  readonly labels: RowLabel[];
  /** Where the first states of rows of cells come from, row by row; left out, from nothing. */
  readonly initials: readonly Point[];
  /** Whether there is more than one row of cells, so that they are numbered. */
  readonly isStacked: boolean;
}

/** How far a part reaches to the left and right of the middle of its column. */
export function extent(part: Part): { readonly left: number; readonly right: number } {
  const half = NODE.width / 2;
  if (part.kind === "bypass") {
    const inner = extent(part.part);
    return { left: inner.left + BYPASS, right: inner.right };
  }
  if (part.kind === "parallel") {
    const total = part.parts.reduce((sum, inner) => sum + span(inner) + TRACK_GAP, -TRACK_GAP);
    return { left: total / 2, right: total / 2 };
  }
  if (part.kind !== "chain") return { left: half, right: half };
  const all = part.parts.map(extent);
  return {
    left: all.reduce((most, { left }) => Math.max(most, left), half),
    right: all.reduce((most, { right }) => Math.max(most, right), half),
  };
}

function span(part: Part): number {
  const { left, right } = extent(part);
  return left + right;
}

/** The middles of the tracks of a parallel part, from the middle of the column. */
export function trackOffsets(parts: readonly Part[]): number[] {
  let at = -parts.reduce((sum, inner) => sum + span(inner) + TRACK_GAP, -TRACK_GAP) / 2;
  return parts.map((inner) => {
    const middle = at + extent(inner).left;
    at += span(inner) + TRACK_GAP;
    return middle;
  });
}

/** What stands on a recurrence: the states and their width. */
export function stateLabel(part: Part & { readonly kind: "cell" }): string {
  return `${part.states.join(", ")} [${part.width}]`;
}

/** Room that the labels between two columns need. */
export function corridor(part: Part): number {
  if (part.kind === "cell") return textWidth(stateLabel(part), 11) + 22;
  if (part.kind === "bypass") return corridor(part.part);
  if (part.kind === "chain" || part.kind === "parallel")
    return part.parts.reduce((most, inner) => Math.max(most, corridor(inner)), 0);
  return 30;
}

/** Number of rows of cells. */
export function cellRows(part: Part): number {
  if (part.kind === "cell") return 1;
  if (part.kind === "bypass") return cellRows(part.part);
  if (part.kind === "chain" || part.kind === "parallel")
    return part.parts.reduce((sum, inner) => sum + cellRows(inner), 0);
  return 0;
}

/** Arrows from ports up to a row at the same columns, with the width on them. */
export function feed({ canvas }: Sheet, { ports, width }: Outlet, to: (column: number) => Point, hue: string): void {
  ports.forEach((port, column) => {
    if (port === undefined) return;
    const [x, y] = to(column);
    const isStraight = Math.abs(x - port.x) <= port.half;
    const knee = port.y - 13;
    const points: Point[] = isStraight
      ? [
          [x, port.y],
          [x, y],
        ]
      : [
          [port.x, port.y],
          [port.x, knee],
          [x, knee],
          [x, y],
        ];
    canvas.arrow(points, hue);
    // On a short way in its middle, on a long one before it meets anything.
    const middle = Math.max((port.y + y) / 2, port.y - (ROW - NODE.height) / 2);
    canvas.words([x + 6, (isStraight ? middle : middle - 4) + 2], `[${width}]`, { size: 11, hue: INK.soft });
  });
}
