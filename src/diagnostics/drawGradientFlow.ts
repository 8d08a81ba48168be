import { ArgumentError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import { log } from "../tensor/float64.js";
import { isList } from "../tensor/tensor.js";
import type { GradientFlow } from "./gradientFlow.js";
import { escapeXml, HUES, INK, requireWords, round, svgDocument, textWidth } from "./svg.js";

/** What stands around the drawing. */
export interface GradientFlowDrawing {
  /** Words above it; default none. */
  readonly title?: string;
  /** A smaller line below the title; default none. */
  readonly subtitle?: string;
}

const SIZE = { width: 860, height: 480 };
const FRAME = { left: 92, right: 620, bottom: 416 };
/** Powers of ten below the start at which a gradient is as good as gone: lines end there. */
const DEPTH = 12;
/** Least distance of names beside the ends of their lines. */
const LINE_HEIGHT = 19;

/** A line of the chart: powers of ten relative to lag 0, as far as they are above the floor. */
interface Curve {
  readonly name: string;
  readonly hue: string;
  readonly powers: readonly number[];
  readonly lags: number;
}

/**
 * The norm of ∂L/∂h against the lag, relative to lag 0, on a logarithmic scale: the vanishing and the exploding gradient at a
 * glance. Stand-alone SVG with a line for each flow, by the first recurrent layer of each.
 *
 * @param flows what `gradientFlow` gave, by the name that is to stand beside its line
 * @example
 * const svg = drawGradientFlow({ lstm: gradientFlow(a, batch, meanSquaredError), elman: gradientFlow(b, batch, meanSquaredError) });
 * @throws ArgumentError when there is no flow, one has no gradient at lag 0, or an option is unknown or no text
 */
export function drawGradientFlow(
  flows: Readonly<Record<string, GradientFlow>>,
  options: GradientFlowDrawing = {},
): string {
  requireKnownOptions("drawGradientFlow", options, ["title", "subtitle"]);
  const curves = curvesOf(flows);
  requireWords("drawGradientFlow", options);
  const { title = "", subtitle = "" } = options;
  const top = title === "" && subtitle === "" ? 40 : 100;
  const lags = curves.reduce((most, curve) => Math.max(most, curve.lags), 1);
  const highest = Math.ceil(curves.flatMap(({ powers }) => powers).reduce((most, power) => Math.max(most, power), 0));
  const lowest = Math.floor(
    curves.flatMap(({ powers }) => powers).reduce((least, power) => Math.min(least, power), -1),
  );
  const x = (lag: number) => FRAME.left + (lag / Math.max(1, lags - 1)) * (FRAME.right - FRAME.left);
  const y = (power: number) => top + ((highest - power) / (highest - lowest)) * (FRAME.bottom - top);
  return svgDocument(SIZE.width, SIZE.height, [title, subtitle].filter((text) => text !== "").join(": "), [
    ...heading(title, subtitle),
    ...grid(highest, lowest, y),
    ...lagAxis(lags, x),
    ...curves.map((curve) => line(curve, x, y)),
    ...names(curves, x, y, top),
  ]);
}

function curvesOf(flows: Readonly<Record<string, GradientFlow>>): readonly Curve[] {
  if (typeof flows !== "object" || flows === null || Array.isArray(flows))
    throw new ArgumentError(
      `drawGradientFlow wants flows by name, { lstm: gradientFlow(…) }, received ${describe(flows)}.`,
    );
  const named = Object.entries(flows);
  if (named.length === 0) throw new ArgumentError("drawGradientFlow needs at least one flow, received none.");
  return named.map(([name, flow], index) => curveOf(name, flow, HUES[index % HUES.length] as string));
}

function curveOf(name: string, flow: GradientFlow, hue: string): Curve {
  if (!isList(flow?.byLag))
    throw new ArgumentError(
      `drawGradientFlow wants flows by name, { lstm: gradientFlow(…) }, but "${name}" is ${describe(flow)}.`,
    );
  const [first] = flow.byLag;
  const bad = flow.byLag.find((norm) => !Number.isFinite(norm));
  if (bad !== undefined || !first)
    throw new ArgumentError(
      `drawGradientFlow wants finite norms and compares with that at lag 0, but "${name}" has ${bad ?? first ?? "none"}: leave it out.`,
    );
  const powers: number[] = [];
  for (const norm of flow.byLag) {
    const power = norm === 0 ? -DEPTH - 1 : (log(norm) - log(first)) / log(10);
    if (power < -DEPTH) {
      powers.push(-DEPTH);
      break;
    }
    powers.push(power);
  }
  return { name, hue, powers, lags: flow.byLag.length };
}

function heading(title: string, subtitle: string): string[] {
  return [
    `<text x="24" y="38" font-size="18" font-weight="600">${escapeXml(title)}</text>`,
    `<text x="24" y="61" font-size="12.5" fill="${INK.soft}">${escapeXml(subtitle)}</text>`,
  ];
}

/** Powers of ten, every second or third where there are many, and what they mean. */
function grid(highest: number, lowest: number, y: (power: number) => number): string[] {
  const each = Math.max(1, Math.round((highest - lowest) / 7));
  const lines: string[] = [];
  for (let power = Math.floor(highest / each) * each; power >= lowest; power -= each) {
    const at = round(y(power));
    const strength = power === 0 ? INK.soft : INK.grid;
    lines.push(
      `<line x1="${FRAME.left}" x2="${FRAME.right}" y1="${at}" y2="${at}" stroke="${strength}"/><text x="${FRAME.left - 10}" y="${at + 4.5}" text-anchor="end" fill="${INK.soft}">${power === 0 ? "1" : `10<tspan font-size="9" dy="-5">${String(power).replace("-", "−")}</tspan>`}</text>`,
    );
  }
  const middle = round((y(highest) + y(lowest)) / 2);
  const words = "norm of ∂L/∂h, relative to the last step";
  return [
    ...lines,
    `<text transform="translate(32 ${middle}) rotate(-90)" text-anchor="middle" fill="${INK.soft}">${words}</text>`,
  ];
}

function lagAxis(lags: number, x: (lag: number) => number): string[] {
  const each = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => lags / step <= 8) ?? 1000;
  const marks: string[] = [];
  for (let lag = 0; lag < lags; lag += each) {
    const at = round(x(lag));
    marks.push(
      `<line x1="${at}" x2="${at}" y1="${FRAME.bottom}" y2="${FRAME.bottom + 5}" stroke="${INK.soft}"/><text x="${at}" y="${FRAME.bottom + 21}" text-anchor="middle" fill="${INK.soft}">${lag}</text>`,
    );
  }
  const middle = (FRAME.left + FRAME.right) / 2;
  return [
    ...marks,
    `<text x="${middle}" y="${FRAME.bottom + 45}" text-anchor="middle" fill="${INK.soft}">lag: steps back from the last one</text>`,
  ];
}

function line({ powers, hue }: Curve, x: (lag: number) => number, y: (power: number) => number): string {
  const path = powers.map((power, lag) => `${lag === 0 ? "M" : "L"}${round(x(lag))} ${round(y(power))}`).join("");
  return `<path d="${path}" fill="none" stroke="${hue}" stroke-width="2.2" stroke-linejoin="round"/>`;
}

/** Names to the right, each at the height where its line ends, moved apart where they would touch. */
function names(
  curves: readonly Curve[],
  x: (lag: number) => number,
  y: (power: number) => number,
  top: number,
): string[] {
  const ends = curves.map(({ powers, ...curve }) => {
    const last = powers.length - 1;
    return { ...curve, x: round(x(last)), y: round(y(powers[last] as number)), isWhole: last === curve.lags - 1 };
  });
  const whole = ends.filter(({ isWhole }) => isWhole).sort((a, b) => a.y - b.y);
  let [room, free] = [FRAME.bottom - LINE_HEIGHT * (whole.length - 1), top];
  const beside = whole.map((end) => {
    const at = Math.max(free, Math.min(end.y, room));
    free = at + LINE_HEIGHT;
    room += LINE_HEIGHT;
    const lead = `<path d="M${end.x + 3} ${end.y}L${end.x + 14} ${round(at)}" stroke="${end.hue}" stroke-width="1" opacity="0.6"/>`;
    return lead + nameAt(end, end.x + 18, at + 4.5);
  });
  // Lines that leave the chart at its floor have their names where they leave, above one another where they would touch.
  const gone = ends.filter(({ isWhole }) => !isWhole).sort((a, b) => a.x - b.x);
  /** Where the last name of each row ends. */
  const until: number[] = [];
  const below = gone.map((end) => {
    const isFree = until.findIndex((edge) => edge <= end.x);
    const row = isFree < 0 ? until.length : isFree;
    until[row] = end.x + 10 + textWidth(end.name, 13);
    return nameAt(end, end.x + 10, end.y - 7 - row * LINE_HEIGHT);
  });
  return [...beside, ...below];
}

function nameAt({ name, hue }: { readonly name: string; readonly hue: string }, x: number, y: number): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="${hue}" font-weight="600" paint-order="stroke" stroke="${INK.card}" stroke-width="3">${escapeXml(name)}</text>`;
}
