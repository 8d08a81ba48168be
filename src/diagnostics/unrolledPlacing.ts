import { grouped, INK, textWidth } from "./svg.js";
import { HALF, NODE, type Point } from "./unrolledCanvas.js";
import type { Part } from "./unrolledParts.js";
import { extent, feed, type Outlet, type Port, ROW, type Sheet, stateLabel, trackOffsets } from "./unrolledRows.js";

const PILL = 24;

/** Draws a part above an outlet, moved to the side within its column, and gives the outlet above it. */
export function place(sheet: Sheet, part: Part, from: Outlet, shift: number, isOutput: boolean): Outlet {
  if (part.kind === "cell") return placeCells(sheet, part, from, shift);
  if (part.kind === "step") return placeSteps(sheet, part, from, shift, isOutput);
  if (part.kind === "gather") return placeGather(sheet, part, from);
  if (part.kind === "spread") return placeSpread(sheet, part, from, shift);
  if (part.kind === "turn") return placeTurn(sheet, part, from);
  if (part.kind === "parallel") return merged(sheet, part, placeTracks(sheet, part, from, shift), shift);
  if (part.kind === "bypass") return placeBypass(sheet, part, from, shift);
  return placeChain(sheet, part.parts, from, shift, isOutput);
}

/** Draws parts on top of each other. */
export function placeChain(
  sheet: Sheet,
  parts: readonly Part[],
  from: Outlet,
  shift: number,
  isOutput: boolean,
): Outlet {
  let outlet = from;
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    // Final states come from either end of the tracks, before they are merged.
    if (part.kind === "parallel" && next?.kind === "gather" && (next.from === "ends" || part.merge === ""))
      outlet = placeTracks(sheet, part, outlet, shift);
    else outlet = place(sheet, part, outlet, shift, isOutput && index === parts.length - 1);
  });
  return outlet;
}

function placeCells(sheet: Sheet, part: Part & { kind: "cell" }, from: Outlet, shift: number): Outlet {
  const { canvas, columns, initials } = sheet;
  const { hue, isReversed } = part;
  const y = -from.level * ROW;
  const xs = columns.map((x) => x + shift);
  feed(sheet, from, (column) => [xs[column] as number, y + HALF], hue);
  const row = from.finals.length;
  xs.forEach((x, column) =>
    canvas.node(
      [x, y],
      { base: "h", below: String(column + 1), ...(sheet.isStacked ? { above: String(row + 1) } : {}) },
      hue,
    ),
  );
  placeStates(sheet, part, xs, y);
  const left: Point = [(xs[0] as number) - NODE.width / 2, y];
  const right: Point = [(xs[xs.length - 1] as number) + NODE.width / 2, y];
  const [begin, end] = isReversed ? [right, left] : [left, right];
  startState(sheet, part, begin, initials[row]);
  label(sheet, from.level, part, isReversed ? "reads backward" : "");
  const final = { at: end, isReversed, label: stateLabel(part), hue };
  const ports = xs.map((x) => ({ x, y: y - HALF, half: 0 }));
  return { ...rowOutlet(part, from, shift, ports), finals: [...from.finals, final] };
}

/** Draws the states that go from cell to cell of a row. */
function placeStates(
  { canvas, columns, reach }: Sheet,
  part: Part & { kind: "cell" },
  xs: readonly number[],
  y: number,
): void {
  const { hue, isReversed } = part;
  for (let column = 0; column + 1 < xs.length; column++) {
    const before: Point = [(xs[column] as number) + NODE.width / 2, y];
    const after: Point = [(xs[column + 1] as number) - NODE.width / 2, y];
    canvas.arrow(isReversed ? [after, before] : [before, after], hue, { isRecurrence: true });
    const middle = ((columns[column] as number) + reach.right + (columns[column + 1] as number) - reach.left) / 2;
    canvas.words([middle, y - 7], stateLabel(part), { size: 11, anchor: "middle", hue, hasHalo: true });
  }
}

/** What a row of cells begins with. */
function startState({ canvas }: Sheet, part: Part & { kind: "cell" }, [x, y]: Point, from: Point | undefined): void {
  if (from !== undefined) {
    const turn = (from[0] + x) / 2;
    const points: Point[] = from[1] === y ? [from, [x, y]] : [from, [turn, from[1]], [turn, y], [x, y]];
    canvas.arrow(points, part.hue, { isRecurrence: true });
    return;
  }
  const side = part.isReversed ? 1 : -1;
  canvas.arrow(
    [
      [x + side * 26, y],
      [x, y],
    ],
    part.hue,
    { isRecurrence: true },
  );
  canvas.words([x + side * 30, y + 4], part.isLearned ? "h₀" : "0", {
    size: 12,
    anchor: part.isReversed ? "start" : "end",
    hue: INK.soft,
  });
}

function placeSteps(
  sheet: Sheet,
  part: Part & { kind: "step" },
  from: Outlet,
  shift: number,
  isOutput: boolean,
): Outlet {
  const { canvas, columns } = sheet;
  const y = -from.level * ROW;
  const isSingle = from.ports.filter((port) => port !== undefined).length === 1 && columns.length > 1;
  const xs = from.ports.map((port) => middle(port, from) + shift);
  feed(sheet, from, (column) => [xs[column] as number, y + HALF], part.hue);
  const ports = from.ports.map((port, column): Port | undefined => {
    if (port === undefined) return undefined;
    const x = xs[column] as number;
    const below = isSingle || columns.length === 1 ? {} : { below: String(column + 1) };
    canvas.node([x, y], { base: isOutput ? "y" : "a", ...below }, part.hue);
    return { x, y: y - HALF, half: 0 };
  });
  label(sheet, from.level, part, "");
  return rowOutlet(part, from, shift, ports);
}

/** Layers side by side, each track in rows of its own: lines of one lead past the nodes of the other. */
function placeTracks(sheet: Sheet, part: Part & { kind: "parallel" }, from: Outlet, shift: number): Outlet {
  const offsets = trackOffsets(part.parts);
  let [level, finals] = [from.level, from.finals];
  const tracks = part.parts.map((inner, index) => {
    const outlet = place(sheet, inner, { ...from, level, finals }, shift + (offsets[index] as number), false);
    ({ level, finals } = outlet);
    return outlet;
  });
  const first = tracks[0] as Outlet;
  return { ports: first.ports, shift: first.shift, width: part.width, level, finals, tracks };
}

function merged(sheet: Sheet, part: Part & { kind: "parallel" }, outlet: Outlet, shift: number): Outlet {
  const { canvas } = sheet;
  const y = -outlet.level * ROW + (NODE.height - PILL) / 2;
  const { left, right } = extent(part);
  for (const track of outlet.tracks ?? [])
    feed(sheet, track, (column) => [track.ports[column]?.x ?? 0, y + PILL / 2], INK.soft);
  const ports = outlet.ports.map((port): Port | undefined => {
    if (port === undefined) return undefined;
    const x = middle(port, outlet) + shift;
    canvas.node([x, y], part.merge, INK.soft, { width: left + right, height: PILL });
    return { x, y: y - PILL / 2, half: (left + right) / 2 - 8 };
  });
  return { ports, shift, width: part.width, level: outlet.level + 1, finals: outlet.finals };
}

/** A layer whose input is led past it and added to its output. */
function placeBypass(sheet: Sheet, part: Part & { kind: "bypass" }, from: Outlet, shift: number): Outlet {
  const { canvas } = sheet;
  const inner = place(sheet, part.part, from, shift, false);
  const y = -inner.level * ROW + (NODE.height - PILL) / 2;
  const lane = extent(part).left - 8;
  feed(sheet, inner, (column) => [middle(inner.ports[column], inner) + shift, y + PILL / 2], INK.soft);
  const ports = inner.ports.map((port, column): Port | undefined => {
    const source = from.ports[column];
    if (port === undefined || source === undefined) return undefined;
    const x = middle(port, inner) + shift;
    const start = source.y - 11;
    canvas.arrow(
      [
        [source.x, start],
        [x - lane, start],
        [x - lane, y],
        [x - PILL / 2, y],
      ],
      INK.soft,
    );
    canvas.node([x, y], "+", INK.soft, { width: PILL, height: PILL });
    return { x, y: y - PILL / 2, half: 0 };
  });
  return { ports, shift, width: part.width, level: inner.level + 1, finals: inner.finals };
}

/** One answer from all steps: nothing to draw for the last one, else a bar above those that it is taken from. */
function placeGather(sheet: Sheet, part: Part & { kind: "gather" }, from: Outlet): Outlet {
  const { columns } = sheet;
  const last = columns.length - 1;
  const at = (ports: Outlet["ports"], column: number) =>
    ports.map((port, index) => (index === column ? port : undefined));
  const tracks = from.tracks ?? [from];
  if (part.from === "last" || (part.from === "ends" && tracks.length === 1 && !from.finals.at(-1)?.isReversed))
    return { ...from, ports: at(from.ports, last), width: part.width };
  const y = -from.level * ROW + (NODE.height - PILL) / 2;
  for (const track of tracks) {
    const final = track.finals.at(-1);
    const ports = part.from === "all" ? track.ports : at(track.ports, final?.isReversed ? 0 : last);
    feed(sheet, { ...track, ports }, (column) => [track.ports[column]?.x ?? 0, y + PILL / 2], INK.soft);
  }
  const port = { x: bar(sheet, part.label, y), y: y - PILL / 2, half: 0 };
  const ports = columns.map((_, column) => (column === last ? port : undefined));
  return { ports, shift: 0, width: part.width, level: from.level + 1, finals: from.finals };
}

/** A bar that takes one answer to all steps. */
function placeSpread(sheet: Sheet, part: Part & { kind: "spread" }, from: Outlet, shift: number): Outlet {
  const y = -from.level * ROW + (NODE.height - PILL) / 2;
  feed(sheet, from, (column) => [from.ports[column]?.x ?? 0, y + PILL / 2], INK.soft);
  bar(sheet, part.label, y);
  const ports = sheet.columns.map((x) => ({ x: x + shift, y: y - PILL / 2, half: 0 }));
  return rowOutlet(part, from, shift, ports);
}

/** A bar above all steps, out of which they come in another order. */
function placeTurn(sheet: Sheet, part: Part & { kind: "turn" }, from: Outlet): Outlet {
  const y = -from.level * ROW + (NODE.height - PILL) / 2;
  feed(sheet, from, (column) => [from.ports[column]?.x ?? 0, y + PILL / 2], INK.soft);
  bar(sheet, part.label, y);
  const ports = from.ports.map((port) => port && { x: port.x, y: y - PILL / 2, half: 0 });
  return { ...from, ports, width: part.width, level: from.level + 1 };
}

/** Draws a bar over all columns, and gives its middle. */
function bar({ canvas, columns, reach }: Sheet, label: string, y: number): number {
  const [start, end] = [(columns[0] as number) - reach.left, (columns[columns.length - 1] as number) + reach.right];
  const middle = (start + end) / 2;
  const width = Math.max(end - start, textWidth(label, 12) + 16);
  canvas.node([middle, y], label, INK.soft, { width, height: PILL });
  return middle;
}

function rowOutlet(part: Part, from: Outlet, shift: number, ports: readonly (Port | undefined)[]): Outlet {
  return { ports, shift, width: part.width, level: from.level + 1, finals: from.finals };
}

/** The middle of the column that a port belongs to. */
function middle(port: Port | undefined, { shift }: Outlet): number {
  return (port?.x ?? 0) - shift;
}

function label(sheet: Sheet, level: number, part: Part & { kind: "cell" | "step" }, direction: string): void {
  const weights = part.parameters === 0 ? "" : `${grouped(part.parameters)} weights`;
  const note = [weights, direction].filter((text) => text !== "").join(", ");
  sheet.labels.push({ level, text: part.label, note, hue: part.hue });
}
