import { niceTicks } from "./terminalChart.mjs";

const SIZE = { width: 960, height: 500 };
const FRAME = { left: 68, right: 930, top: 104, bottom: 440 };
const INK = {
  text: "#1f2933",
  soft: "#6b7785",
  grid: "#e6eaee",
  shade: "#f5f7fa",
  observed: "#33475b",
  forecast: "#d9480f",
  band: "#f8c9a8",
};

/** @typedef {{ forecast: ArrayLike<number>, lower: ArrayLike<number>, upper: ArrayLike<number> }} Ahead forecasts in intervals */

/**
 * The chart as a stand-alone SVG.
 *
 * @param {{ title: string, subtitle: string, source: string, unit: string, values: number[], boundary: number, firstYear: number,
 *   stepsPerYear: number, oneStep: Ahead, future: Ahead, interval: number }} chart
 *   `oneStep` begins at `boundary`, `future` after the last value
 */
export function svgChart({
  title,
  subtitle,
  source,
  unit,
  values,
  boundary,
  firstYear,
  stepsPerYear,
  oneStep,
  future,
  interval,
}) {
  const steps = values.length + future.forecast.length;
  const ticks = niceTicks(0, Math.max(...values, ...oneStep.upper, ...future.upper), 8);
  const x = (t) => FRAME.left + (t / (steps - 1)) * (FRAME.right - FRAME.left);
  const y = (value) => FRAME.bottom - (value / ticks.at(-1)) * (FRAME.bottom - FRAME.top);
  const path = (from, list) =>
    Array.from(list, (value, i) => `${i === 0 ? "M" : "L"}${round(x(from + i))} ${round(y(value))}`).join("");
  const band = (from, lower, upper) =>
    `<path d="${path(from, upper)}${path(from, lower)
      .split("L")
      .reverse()
      .map((point) => `L${point.replace("M", "")}`)
      .join("")}Z" fill="${INK.band}" fill-opacity="0.7"/>`;
  const last = values.at(-1);
  const years = Array.from({ length: Math.floor((steps - 1) / stepsPerYear) + 1 }, (_, i) => i);
  const cut = round(x(boundary - 0.5));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="Inter, system-ui, 'Helvetica Neue', 'DejaVu Sans', sans-serif" font-size="13" fill="${INK.text}" role="img" aria-label="${escapeXml(title)}">
<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>
<text x="${FRAME.left - 44}" y="36" font-size="21" font-weight="600">${escapeXml(title)}</text>
<text x="${FRAME.left - 44}" y="59" fill="${INK.soft}">${escapeXml(subtitle)}</text>
<rect x="${cut}" y="${FRAME.top}" width="${round(FRAME.right - cut)}" height="${FRAME.bottom - FRAME.top}" fill="${INK.shade}"/>
${ticks.map((tick) => gridLine(tick, y(tick))).join("\n")}
${years.map((i) => yearMark(firstYear + i, x(i * stepsPerYear))).join("\n")}
<line x1="${cut}" x2="${cut}" y1="${FRAME.top}" y2="${FRAME.bottom}" stroke="${INK.soft}" stroke-dasharray="3 4"/>
<text x="${round(cut - 10)}" y="${FRAME.top + 18}" text-anchor="end" fill="${INK.soft}">← trained on ${boundary} months</text>
<text x="${round(cut + 10)}" y="${FRAME.top + 18}" fill="${INK.soft}">forecast →</text>
${band(boundary, oneStep.lower, oneStep.upper)}
${band(values.length - 1, [last, ...future.lower], [last, ...future.upper])}
<path d="${path(0, values)}" fill="none" stroke="${INK.observed}" stroke-width="1.8" stroke-linejoin="round"/>
<path d="${path(boundary, oneStep.forecast)}" fill="none" stroke="${INK.forecast}" stroke-width="2" stroke-linejoin="round"/>
<path d="${path(values.length - 1, [last, ...future.forecast])}" fill="none" stroke="${INK.forecast}" stroke-width="2" stroke-linejoin="round" stroke-dasharray="2 4" stroke-linecap="round"/>
<text transform="translate(22 ${(FRAME.top + FRAME.bottom) / 2}) rotate(-90)" text-anchor="middle" fill="${INK.soft}">${escapeXml(unit)}</text>
${legend(interval)}
<text x="${FRAME.left - 44}" y="${SIZE.height - 14}" font-size="10.5" fill="${INK.soft}">Data: ${escapeXml(source)}</text>
</svg>
`;
}

function gridLine(tick, y) {
  return `<line x1="${FRAME.left}" x2="${FRAME.right}" y1="${round(y)}" y2="${round(y)}" stroke="${tick === 0 ? INK.soft : INK.grid}"/><text x="${FRAME.left - 8}" y="${round(y + 4.5)}" text-anchor="end" fill="${INK.soft}">${tick}</text>`;
}

function yearMark(year, x) {
  return `<line x1="${round(x)}" x2="${round(x)}" y1="${FRAME.bottom}" y2="${FRAME.bottom + 5}" stroke="${INK.soft}"/><text x="${round(x)}" y="${FRAME.bottom + 21}" text-anchor="middle" fill="${INK.soft}">${year}</text>`;
}

function legend(interval) {
  const entries = [
    ["observed", INK.observed, ""],
    ["one month ahead", INK.forecast, ""],
    ["the next year", INK.forecast, ' stroke-dasharray="2 4" stroke-linecap="round"'],
  ];
  let x = FRAME.left;
  const marks = entries.map(([name, color, dash]) => {
    const mark = `<line x1="${x}" x2="${x + 26}" y1="86" y2="86" stroke="${color}" stroke-width="2.4"${dash}/><text x="${x + 33}" y="90.5">${name}</text>`;
    x += 56 + 7.4 * name.length;
    return mark;
  });
  const area = `<rect x="${x}" y="80" width="26" height="12" fill="${INK.band}" fill-opacity="0.7"/><text x="${x + 33}" y="90.5">${Math.round(100 * interval)} % interval</text>`;
  return [...marks, area].join("\n");
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
