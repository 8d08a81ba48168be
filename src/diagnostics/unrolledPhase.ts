import { grouped, INK, textWidth } from "./svg.js";
import { HALF, NODE, type Point, type UnrolledCanvas } from "./unrolledCanvas.js";
import type { Phase } from "./unrolledParts.js";
import { placeChain } from "./unrolledPlacing.js";
import {
  cellRows,
  corridor,
  extent,
  type FinalState,
  feed,
  type Outlet,
  type Port,
  ROW,
  type RowLabel,
  type Sheet,
} from "./unrolledRows.js";

/** Room for the line that brings an answer back as the next input. */
const FEEDBACK_LANE = 34;

/** A phase on the canvas. */
export interface PlacedPhase {
  readonly columns: readonly number[];
  readonly reach: { readonly left: number; readonly right: number };
  readonly labels: readonly RowLabel[];
  readonly finals: readonly FinalState[];
  /** Its output ports, and the first free row above it. */
  readonly outlet: Outlet;
}

/** What a phase finds when it is drawn. */
export interface PhaseStart {
  /** Where its leftmost part may begin. */
  readonly from: number;
  readonly steps: number;
  /** Where the first states of its rows of cells come from; empty for none. */
  readonly initials: (heights: readonly number[]) => readonly Point[];
  /** The phase that its attention looks at. */
  readonly source?: PlacedPhase;
}

/** Draws one stretch of time: inputs at the bottom, rows of layers, answers on top. */
export function placePhase(canvas: UnrolledCanvas, phase: Phase, start: PhaseStart): PlacedPhase {
  const { part } = phase;
  const reach = extent(part);
  const rows = cellRows(part);
  const lane = phase.input === "output" ? FEEDBACK_LANE : 0;
  const pitch = reach.left + reach.right + Math.max(corridor(part) + lane, 40);
  const columns = Array.from({ length: start.steps }, (_, column) => start.from + reach.left + column * pitch);
  const labels: RowLabel[] = [];
  const initials = start.initials(Array.from({ length: rows }, (_, row) => -(row + 1) * ROW));
  const sheet: Sheet = { canvas, columns, reach, labels, initials, isStacked: rows > 1 };
  const inputs = placeInputs(sheet, phase);
  const { attention } = phase;
  let outlet: Outlet;
  if (attention === undefined || start.source === undefined) {
    outlet = placeChain(sheet, part.parts, inputs, 0, phase.answers);
  } else {
    const below = placeChain(sheet, part.parts.slice(0, attention.after), inputs, 0, false);
    const context = placeAttention(sheet, below, start.source, attention);
    outlet = placeChain(sheet, part.parts.slice(attention.after), context, 0, phase.answers);
  }
  if (phase.answers && part.parts.at(-1)?.kind !== "step") outlet = placeAnswers(sheet, outlet);
  if (phase.input === "output") feedBack(sheet, outlet);
  return { columns, reach, labels, finals: outlet.finals, outlet };
}

function placeInputs(sheet: Sheet, { part, input, inputName = "x", width }: Phase): Outlet {
  const { canvas, columns, labels } = sheet;
  const [first] = part.parts;
  const reach = first?.kind === "parallel" ? extent(first) : { left: NODE.width / 2, right: NODE.width / 2 };
  const wide = reach.left + reach.right;
  const ports = columns.map((x, column): Port => {
    const isLater = column > 0 && input !== "every";
    const below = columns.length === 1 || (input !== "every" && input !== "output") ? "" : String(column + 1);
    const content = !isLater
      ? { base: inputName, below: input === "every" ? below : "" }
      : input === "output"
        ? { base: "y", below: String(column) }
        : { base: input === "zeros" ? "0" : inputName };
    const isWord = content.base.length > 2;
    canvas.node([x, 0], isWord ? content.base : content, INK.soft, { width: wide, isDashed: isLater });
    return { x, y: -HALF, half: wide / 2 - 8 };
  });
  labels.push({ level: 0, text: "input", note: "", hue: INK.soft });
  return { ports, shift: 0, width, level: 1, finals: [] };
}

/** Answers of a network that ends in no layer of nodes. */
function placeAnswers(sheet: Sheet, outlet: Outlet): Outlet {
  const { canvas, columns, labels } = sheet;
  const y = -outlet.level * ROW;
  const isSingle = outlet.ports.filter((port) => port !== undefined).length === 1;
  feed(sheet, outlet, (column) => [outlet.ports[column]?.x ?? 0, y + HALF], INK.soft);
  const ports = outlet.ports.map((port, column): Port | undefined => {
    if (port === undefined) return undefined;
    const below = isSingle ? {} : { below: String(column + 1) };
    canvas.node([port.x, y], { base: "y", ...below }, INK.soft);
    return { x: port.x, y: y - HALF, half: 0 };
  });
  labels.push({ level: outlet.level, text: "output", note: "", hue: INK.soft });
  return { ...outlet, ports, level: outlet.level + 1, width: columns.length === 0 ? 0 : outlet.width };
}

/** Each answer becomes the next step's input. */
function feedBack({ canvas, columns, reach }: Sheet, { ports }: Outlet): void {
  columns.slice(1).forEach((x, column) => {
    const port = ports[column];
    if (port === undefined) return;
    const y = port.y + HALF;
    const lane = x - reach.left - 20;
    canvas.arrow(
      [
        [port.x + NODE.width / 2, y],
        [lane, y],
        [lane, 0],
        [x - NODE.width / 2, 0],
      ],
      INK.soft,
      { isDashed: true },
    );
  });
}

/** A bar over both phases: all outputs of the one go in, and above each output of the other its context comes out. */
function placeAttention(
  sheet: Sheet,
  below: Outlet,
  source: PlacedPhase,
  { label, width, parameters, hue }: NonNullable<Phase["attention"]>,
): Outlet {
  const { canvas, columns, reach } = sheet;
  const level = Math.max(below.level, source.outlet.level);
  const [height, y] = [24, -level * ROW + 5];
  const start = (source.columns[0] as number) - source.reach.left;
  const end = (columns[columns.length - 1] as number) + reach.right;
  feed(sheet, source.outlet, (column) => [source.columns[column] as number, y + height / 2], hue);
  feed(sheet, below, (column) => [below.ports[column]?.x ?? 0, y + height / 2], hue);
  const weights = parameters === 0 ? "" : `, ${grouped(parameters)} weights`;
  const short = `attention (${label}${weights})`;
  const long = `${short}: looks at every step of the input`;
  const words = textWidth(long, 12) < end - start ? long : short;
  canvas.node([(start + end) / 2, y], words, hue, {
    width: end - start,
    height,
  });
  const ports = columns.map((x): Port => ({ x, y: y - height / 2, half: 0 }));
  return { ports, shift: 0, width, level: level + 1, finals: below.finals };
}
