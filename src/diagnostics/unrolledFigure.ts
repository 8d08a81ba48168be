import type { PhaseDrawing } from "../layers/drawing.js";
import { INK, svgDocument, textWidth } from "./svg.js";
import { HALF, type Point, UnrolledCanvas } from "./unrolledCanvas.js";
import type { Phase } from "./unrolledParts.js";
import { type PlacedPhase, placePhase } from "./unrolledPhase.js";
import { cellRows, type FinalState, ROW, type RowLabel } from "./unrolledRows.js";

const MARGIN = 24;
/** Room for a first state before the first column, and for the state that goes from one phase to the next. */
const START_ROOM = 52;
const HAND_OVER = 116;
const HANDED_OVER: PhaseDrawing["begins"] = "handed over";

/** What stands around the drawing. */
export interface Heading {
  readonly title: string;
  readonly subtitle: string;
}

/** Phases side by side, with words around them, as a stand-alone SVG. */
export function drawPhases(phases: readonly Phase[], steps: number, heading: Heading): string {
  const canvas = new UnrolledCanvas();
  const placed: PlacedPhase[] = [];
  for (const phase of phases) {
    const before = placed.at(-1);
    const from = before === undefined ? 0 : rightOf(before) + HAND_OVER;
    const isTimeless = cellRows(phase.part) === 0 && phases.length === 1;
    const finals = phase.begins === undefined ? [] : (before?.finals ?? []);
    placed.push(
      placePhase(canvas, phase, {
        from,
        steps: isTimeless ? 1 : steps,
        initials: (heights) => handOver(canvas, finals, heights, from, phase.begins as string),
        ...(before === undefined ? {} : { source: before }),
      }),
    );
  }
  const top = -(Math.max(...placed.map(({ outlet }) => outlet.level)) - 1) * ROW - HALF;
  placed.forEach((phase, index) => frame(canvas, phases[index] as Phase, phase, top, phases.length > 1));
  return compose(
    canvas,
    placed,
    top,
    heading,
    caption(
      phases,
      placed.every(({ columns }) => columns.length === 1),
    ),
  );
}

/** Brings final states to where the next phase begins; through one bridge where they are not its own kind of states. */
function handOver(
  canvas: UnrolledCanvas,
  finals: readonly FinalState[],
  heights: readonly number[],
  to: number,
  bridge: string,
): Point[] {
  const x = to - HAND_OVER / 2;
  if (finals.length === 0) return [];
  if (bridge === HANDED_OVER) {
    for (const { at, label, hue } of finals) canvas.words([x, at[1] - 7], label, { size: 11, anchor: "middle", hue });
    return finals.map(({ at }) => at);
  }
  const y = heights.reduce((sum, height) => sum + height, 0) / heights.length;
  for (const final of finals) canvas.arrow(wayTo([x, y], final), final.hue, { isRecurrence: true });
  canvas.node([x, y], bridge, INK.soft, { width: 76, height: 24 });
  return heights.map(() => [x + 38, y]);
}

/** From a final state to a bridge, whose sides are further away than its upper and lower edge. */
function wayTo([x, y]: Point, { at, isReversed }: FinalState): Point[] {
  const [side, lane] = [at[0] - 18, at[1] + 31];
  const start: Point[] = isReversed ? [at, [side, at[1]], [side, lane]] : [at];
  const height = (start.at(-1) as Point)[1];
  const isBeside = Math.abs(height - y) < 14;
  const corner = isBeside ? x - 52 : x;
  const end: Point[] = isBeside
    ? [
        [corner, y],
        [x - 38, y],
      ]
    : [[x, height < y ? y - 12 : y + 12]];
  return [...start, [corner, height], ...end];
}

/** Title, field and time arrow of one phase. */
function frame(canvas: UnrolledCanvas, { title }: Phase, phase: PlacedPhase, top: number, isTitled: boolean): void {
  const { columns } = phase;
  const [left, right] = [leftOf(phase), rightOf(phase)];
  if (isTitled) {
    canvas.shade(left - 16, top - 36, right - left + 32, HALF - top + 52);
    canvas.words([left - 2, top - 16], title, { size: 13, isBold: true, hue: INK.soft });
  }
  if (columns.length === 1) return;
  const y = HALF + 34;
  canvas.words([left, y + 4], "time", { size: 12, hue: INK.soft });
  canvas.arrow(
    [
      [left + 36, y],
      [right, y],
    ],
    INK.soft,
  );
}

function leftOf({ columns, reach }: PlacedPhase): number {
  return (columns[0] as number) - reach.left;
}

function rightOf({ columns, reach }: PlacedPhase): number {
  return (columns[columns.length - 1] as number) + reach.right;
}

function caption(phases: readonly Phase[], isTimeless: boolean): string {
  if (isTimeless) return "";
  const words = ["One colour, one set of weights: the same at every step."];
  if (phases.some(({ input }) => input === "output")) words.push("Dashed: an answer is the next input.");
  return words.join(" ");
}

/** Row labels at the outer sides, heading above, caption below. */
function compose(
  canvas: UnrolledCanvas,
  placed: readonly PlacedPhase[],
  top: number,
  { title, subtitle }: Heading,
  foot: string,
): string {
  const [first, last] = [placed[0] as PlacedPhase, placed[placed.length - 1] as PlacedPhase];
  const leftRoom = labelRoom(first.labels) + START_ROOM + MARGIN;
  writeLabels(canvas, first.labels, leftOf(first) - START_ROOM - labelRoom(first.labels));
  let right = rightOf(last) + (last.finals.some(({ isReversed }) => isReversed) ? START_ROOM : MARGIN);
  if (placed.length > 1) {
    right += MARGIN;
    writeLabels(canvas, last.labels, right);
    right += labelRoom(last.labels);
  }
  const head = title === "" ? (subtitle === "" ? 0 : 30) : 56;
  const above = head + (placed.length > 1 ? 36 : 0) + MARGIN;
  const words = Math.max(textWidth(title, 17), textWidth(subtitle, 12.5), textWidth(foot, 11.5)) + 2 * MARGIN;
  const width = Math.max(leftRoom + right - leftOf(first) + MARGIN, words);
  const height = above - top + HALF + (foot === "" ? MARGIN : 80);
  const label = [title, subtitle].filter((text) => text !== "").join(": ");
  return svgDocument(width, height, label, [
    canvas.render([leftRoom - leftOf(first), above - top]),
    wordsAround({ title, subtitle }, foot, height),
  ]);
}

/** Heading and caption. */
function wordsAround({ title, subtitle }: Heading, foot: string, height: number): string {
  const canvas = new UnrolledCanvas();
  if (title !== "") canvas.words([MARGIN, 36], title, { size: 17, isBold: true });
  if (subtitle !== "") canvas.words([MARGIN, title === "" ? 36 : 57], subtitle, { size: 12.5, hue: INK.soft });
  if (foot !== "") canvas.words([MARGIN, height - 16], foot, { size: 11.5, hue: INK.soft });
  return canvas.render([0, 0]);
}

function labelRoom(labels: readonly RowLabel[]): number {
  return labels.reduce((most, { text, note }) => Math.max(most, textWidth(text, 13), textWidth(note, 11)), 0);
}

function writeLabels(canvas: UnrolledCanvas, labels: readonly RowLabel[], x: number): void {
  for (const { level, text, note, hue } of labels) {
    const y = -level * ROW;
    canvas.words([x, note === "" ? y + 4.5 : y - 2], text, { isBold: true, hue });
    if (note !== "") canvas.words([x, y + 13], note, { size: 11, hue: INK.soft });
  }
}
