import { type Drawing, strokes } from "./strokes.js";

/** Drawings under a heading. */
export interface SheetPart {
  readonly heading: string;
  readonly drawings: readonly Drawing[];
}

const COLUMNS = 12;
/** Pixels of a drawing, and from one to the next. */
const [SIZE, PITCH, MARGIN, HEADING] = [50, 66, 22, 34];

/** An SVG of rows of drawings, each as large as its field allows. @param label what a screen reader says */
export function drawingSheet(label: string, parts: readonly SheetPart[]): string {
  const lines: string[] = [];
  let top = 14;
  for (const { heading, drawings } of parts) {
    lines.push(`<text x="${MARGIN}" y="${top + 18}" fill="#5f6c7b">${heading}</text>`);
    drawings.forEach((drawing, index) => {
      const [left, down] = [MARGIN + PITCH * (index % COLUMNS), top + HEADING + PITCH * Math.floor(index / COLUMNS)];
      lines.push(`<path d="${pathOf(drawing, left, down)}"/>`);
    });
    top += HEADING + PITCH * Math.ceil(drawings.length / COLUMNS);
  }
  const [width, height] = [2 * MARGIN + PITCH * (COLUMNS - 1) + SIZE, top + 6];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, system-ui, 'Helvetica Neue', 'DejaVu Sans', sans-serif" font-size="13" role="img" aria-label="${label}">
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#ffffff" stroke="#d9dfe5"/>
<style>path { fill: none; stroke: #1f2933; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }</style>
${lines.join("\n")}
</svg>
`;
}

/** The strokes of a drawing, in the middle of a field. */
function pathOf(drawing: Drawing, left: number, top: number): string {
  const lines = strokes(drawing);
  const [across, down] = [0, 1].map((axis) => {
    const places = lines.flat().map((point) => point[axis] as number);
    return [Math.min(...places), Math.max(...places)] as const;
  }) as [readonly [number, number], readonly [number, number]];
  const scale = SIZE / Math.max(across[1] - across[0], down[1] - down[0], 1);
  const place = (value: number, [least, most]: readonly [number, number], from: number) =>
    Math.round(10 * (from + SIZE / 2 + scale * (value - (least + most) / 2))) / 10;
  const path = (line: (typeof lines)[number]) =>
    `M${line.map(([x, y]) => `${place(x, across, left)},${place(y, down, top)}`).join(" ")}`;
  return lines.map(path).join("");
}
