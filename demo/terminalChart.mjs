/** Dots of a braille cell, by row then column: https://www.unicode.org/charts/PDF/U2800.pdf */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

const LABEL = 5;

/**
 * A line chart in text: intervals as shaded bands, the observed series as a braille line, forecasts as marks on top, a year
 * axis below.
 *
 * @param {{ values: number[], forecasts: { from: number, values: ArrayLike<number>, mark: string }[],
 *   bands: { from: number, lower: ArrayLike<number>, upper: ArrayLike<number> }[], boundary: number, firstYear: number,
 *   stepsPerYear: number, width: number, height: number, paint: (text: string) => string,
 *   shade: (text: string) => string }} chart
 * @returns {string} `height` + 2 lines
 */
export function terminalChart({ values, forecasts, bands, boundary, firstYear, stepsPerYear, width, height, ...ink }) {
  const { paint, shade } = ink;
  const steps = Math.max(values.length, ...forecasts.map(({ from, values: { length } }) => from + length));
  const all = [
    ...values,
    ...forecasts.flatMap((forecast) => [...forecast.values]),
    ...bands.flatMap(({ lower, upper }) => [...lower, ...upper]),
  ];
  const columns = width - LABEL - 2;
  const ticks = niceTicks(Math.min(...all), Math.max(...all), height / 3);
  const [low, high] = [ticks[0], ticks.at(-1)];
  const across = (t) => (t / (steps - 1)) * (2 * columns - 1);
  const down = (value) => ((high - value) / (high - low)) * (4 * height - 1);
  const cells = Array.from({ length: height }, () => new Array(columns).fill(" "));
  const boundaryColumn = Math.round(across(boundary - 0.5)) >> 1;
  for (const row of cells) row[boundaryColumn] = "┊";
  for (const band of bands) shadeBand(cells, band, across, down, shade);
  drawLine(
    cells,
    values.map((value, t) => [across(t), down(value)]),
  );
  for (const { from, values: ahead, mark } of forecasts) {
    for (let i = 0; i < ahead.length; i++) {
      cells[Math.round(down(ahead[i])) >> 2][Math.round(across(from + i)) >> 1] = paint(mark);
    }
  }
  const labels = new Map(ticks.map((tick) => [Math.round(down(tick)) >> 2, String(tick)]));
  const rows = cells.map(
    (row, y) => `${(labels.get(y) ?? "").padStart(LABEL)} ${labels.has(y) ? "┤" : "│"}${row.join("")}`,
  );
  return [...rows, ...yearAxis(steps, across, columns, firstYear, stepsPerYear)].map((row) => row.trimEnd()).join("\n");
}

/** Shades the cells that most of the band's height at their column lies in. */
function shadeBand(cells, { from, lower, upper }, across, down, shade) {
  const [first, last] = [from, from + lower.length - 1].map((t) => Math.round(across(t)) >> 1);
  for (let column = first; column <= last; column++) {
    const place = ((column - first) / Math.max(1, last - first)) * (lower.length - 1);
    const [left, right] = [Math.floor(place), Math.ceil(place)];
    const between = (ends) => ends[left] + (ends[right] - ends[left]) * (place - left);
    const [top, bottom] = [down(between(upper)), down(between(lower))].map((dots) => Math.round(dots / 4 - 0.5));
    for (let row = Math.max(top, 0); row <= Math.min(bottom, cells.length - 1); row++) cells[row][column] = shade("░");
  }
}

function drawLine(cells, points) {
  const dots = cells.map((row) => new Uint8Array(row.length));
  const dot = (x, y) => {
    dots[y >> 2][x >> 1] |= DOTS[y & 3][x & 1];
  };
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const count = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    for (let k = 0; k <= count; k++) {
      dot(Math.round(x0 + ((x1 - x0) * k) / count), Math.round(y0 + ((y1 - y0) * k) / count));
    }
  }
  dots.forEach((row, y) => {
    row.forEach((bits, x) => {
      if (bits !== 0) cells[y][x] = String.fromCharCode(0x2800 + bits);
    });
  });
}

function yearAxis(steps, across, columns, firstYear, stepsPerYear) {
  const line = new Array(columns).fill("─");
  const names = new Array(columns).fill(" ");
  for (let t = 0, year = firstYear; t < steps; t += stepsPerYear, year++) {
    const x = Math.round(across(t)) >> 1;
    line[x] = "┬";
    const isRoom = columns / (steps / stepsPerYear) >= 6 || (year - firstYear) % 2 === 0;
    if (isRoom && x + 4 <= columns) for (let i = 0; i < 4; i++) names[x + i] = String(year)[i];
  }
  return [`${" ".repeat(LABEL)} └${line.join("")}`, `${" ".repeat(LABEL + 2)}${names.join("")}`];
}

/** Round numbers that span a range: steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(least, most, about) {
  const rough = (most - least) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.floor(least / step);
  const count = Math.ceil(most / step) - first;
  return Array.from({ length: count + 1 }, (_, i) => (first + i) * step);
}
