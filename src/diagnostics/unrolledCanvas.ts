import { escapeXml, INK, round, tint } from "./svg.js";

/** Height of a node, and its width where nothing asks for more. */
export const NODE = { width: 48, height: 34 } as const;
/** From the middle of a node to its upper and lower side. */
export const HALF = 17;

/** A point; y grows downward. */
export type Point = readonly [x: number, y: number];

/** A path of straight pieces. */
interface Line {
  readonly points: readonly Point[];
  readonly hue: string;
  readonly isDashed: boolean;
  readonly isRecurrence: boolean;
}

/** A letter with its step below and its layer above: h² with index 1. */
export interface Symbol {
  readonly base: string;
  readonly below?: string;
  readonly above?: string;
}

/** Room that a vertical line keeps when it steps over a horizontal one. */
const HOP = 5;

/** Collects what is drawn: lines below, nodes above them, words on top. */
export class UnrolledCanvas {
  readonly #lines: Line[] = [];
  readonly #shades: string[] = [];
  readonly #nodes: string[] = [];
  readonly #words: string[] = [];

  /** An arrow through points. A recurrence is what vertical lines step over. */
  arrow(points: readonly Point[], hue: string, options: { isDashed?: boolean; isRecurrence?: boolean } = {}): void {
    const { isDashed = false, isRecurrence = false } = options;
    this.#lines.push({ points, hue, isDashed, isRecurrence });
  }

  /** A rounded box around a point, with a symbol or words in it. */
  node(
    [x, y]: Point,
    content: Symbol | string,
    hue: string,
    size: { width?: number; height?: number; isDashed?: boolean } = {},
  ): void {
    const { width = NODE.width, height = NODE.height, isDashed = false } = size;
    const dash = isDashed ? ' stroke-dasharray="4 3"' : "";
    const fill = isDashed ? INK.card : tint(hue, 0.13);
    this.#nodes.push(
      `<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="${Math.min(9, height / 2)}" fill="${fill}" stroke="${hue}" stroke-width="1.4"${dash}/>`,
    );
    if (typeof content === "string") this.words([x, y + 4.2], content, { size: 12, anchor: "middle" });
    else this.#symbol([x, y + 5], content);
  }

  /** A shaded field behind everything. */
  shade(x: number, y: number, width: number, height: number): void {
    this.#shades.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="10" fill="${INK.shade}"/>`,
    );
  }

  words(
    [x, y]: Point,
    text: string,
    look: {
      size?: number;
      anchor?: "start" | "middle" | "end";
      hue?: string;
      isBold?: boolean;
      hasHalo?: boolean;
    } = {},
  ): void {
    const { size = 13, anchor = "start", hue = INK.text, isBold = false, hasHalo = false } = look;
    const halo = hasHalo ? ` paint-order="stroke" stroke="${INK.card}" stroke-width="3"` : "";
    this.#words.push(
      `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="${anchor}" fill="${hue}"${isBold ? ' font-weight="600"' : ""}${halo}>${escapeXml(text)}</text>`,
    );
  }

  #symbol([x, y]: Point, { base, below = "", above = "" }: Symbol): void {
    const raised = above === "" ? "" : `<tspan font-size="10" dy="-6">${escapeXml(above)}</tspan>`;
    const lowered =
      below === ""
        ? ""
        : `<tspan font-size="10"${above === "" ? ' dy="4"' : ` dx="${-6.2 * above.length}" dy="11"`}>${escapeXml(below)}</tspan>`;
    this.#words.push(
      `<text x="${round(x)}" y="${round(y)}" font-size="15" font-style="italic" text-anchor="middle">${escapeXml(base)}${raised}${lowered}</text>`,
    );
  }

  /** Everything, moved so that (0, 0) comes to lie at a point. */
  render([x, y]: Point): string {
    const lines = this.#lines.map((line) => this.#draw(line));
    return `<g transform="translate(${round(x)} ${round(y)})">\n${[...this.#shades, ...lines, ...this.#nodes, ...this.#words].join("\n")}\n</g>`;
  }

  #draw({ points, hue, isDashed }: Line): string {
    const [start, ...rest] = points as [Point, ...Point[]];
    let from = start;
    let path = `M${at(start)}`;
    for (const to of rest) {
      for (const y of from[0] === to[0] ? this.#crossings(from, to) : []) {
        const before = to[1] < from[1] ? HOP : -HOP;
        path += `V${round(y + before)}a${HOP} ${HOP} 0 0 ${to[1] < from[1] ? 1 : 0} 0 ${-2 * before}`;
      }
      path += `L${at(to)}`;
      from = to;
    }
    const dash = isDashed ? ' stroke-dasharray="4 4"' : "";
    const [head, before] = [points[points.length - 1] as Point, points[points.length - 2] as Point];
    return `<path d="${path}" fill="none" stroke="${hue}" stroke-width="1.6" stroke-linejoin="round"${dash}/><path d="${arrowHead(before, head)}" fill="${hue}"/>`;
  }

  /** Heights at which a vertical line meets recurrences, in its own direction. */
  #crossings([x, top]: Point, [, end]: Point): number[] {
    const [low, high] = [Math.min(top, end), Math.max(top, end)];
    const met = this.#lines
      .filter(({ isRecurrence }) => isRecurrence)
      .flatMap(({ points }) => points.slice(1).map((point, index) => [points[index] as Point, point] as const))
      .filter(([a, b]) => a[1] === b[1] && Math.min(a[0], b[0]) < x - HOP && Math.max(a[0], b[0]) > x + HOP)
      .map(([a]) => a[1])
      .filter((y) => y > low + HOP && y < high - HOP);
    return [...new Set(met)].sort((a, b) => (end < top ? b - a : a - b));
  }
}

function at([x, y]: Point): string {
  return `${round(x)} ${round(y)}`;
}

/** A triangle whose tip is where the arrow points. */
function arrowHead([fromX, fromY]: Point, [x, y]: Point): string {
  const length = Math.sqrt((x - fromX) * (x - fromX) + (y - fromY) * (y - fromY)) || 1;
  const [dx, dy] = [(x - fromX) / length, (y - fromY) / length];
  const [backX, backY] = [x - 8 * dx, y - 8 * dy];
  return `M${at([x + dx, y + dy])}L${at([backX - 4 * dy, backY + 4 * dx])}L${at([backX + 4 * dy, backY - 4 * dx])}Z`;
}
