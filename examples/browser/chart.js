import { linear, pathThrough, svg, ticksOver, widthFor } from "./drawing.js";

/** Values of the past that are drawn beside each value of a forecast: more would leave it no room. On a phone half as many. */
const pastPerStep = 6;

/**
 * Draws a series, and what follows it.
 *
 * @param target the figure that is filled
 * @param series `values`; `label(index)`, what stands under a step; `cycle`, steps in a year, a day or the like, default 1
 * @param ahead `forecast`, `lower`, `upper` [horizon] and `interval`; left out before there is a forecast
 */
export function drawChart(target, { values, label, cycle = 1 }, ahead) {
  const { forecast = [], lower = [], upper = [] } = ahead ?? {};
  const width = widthFor(target);
  const height = width < 600 ? 300 : 400;
  const frame = { left: 60, right: width - 8, top: 34, bottom: height - 38 };
  const first =
    forecast.length === 0 ? 0 : Math.max(0, values.length - (pastPerStep * forecast.length) / (width < 600 ? 2 : 1));
  const past = values.slice(first);
  const ticks = ticksOver(leastOf([past, lower, forecast]), -leastOf([past, upper, forecast], -1), 5);
  const x = linear([0, past.length + forecast.length - 1], [frame.left, frame.right]);
  const y = linear([ticks[0], ticks.at(-1)], [frame.bottom, frame.top]);
  const place = (list, from) => Array.from(list, (value, i) => [x(from + i), y(value)]);
  const drawn = [
    ...ticks.map((tick) => gridLine(frame, tick, y(tick))),
    ...marks(first, past.length + forecast.length, cycle, Math.max(3, Math.round(width / 140))).map((i) =>
      mark(frame, label(first + i), x(i)),
    ),
  ];
  if (ahead !== undefined) {
    const now = x(past.length - 1);
    const joined = [[now, y(past.at(-1))], ...place(forecast, past.length)];
    const outline = [...place(upper, past.length), ...place(lower, past.length).reverse()];
    drawn.push(svg("line", { class: "today", x1: now, x2: now, y1: frame.top, y2: frame.bottom }));
    drawn.push(svg("path", { class: "band", d: `${pathThrough([joined[0], ...outline])}Z` }));
    drawn.push(svg("path", { class: "series forecast", d: pathThrough(joined) }));
  }
  drawn.push(svg("path", { class: "series observed", d: pathThrough(place(past, 0)) }));
  drawn.push(key(frame, "observed", "observed", 0));
  if (ahead !== undefined)
    drawn.push(key(frame, "forecast", `forecast and ${Math.round(100 * ahead.interval)} % interval`, 76));
  const title = ahead === undefined ? "The series" : `The series and its next ${forecast.length} values`;
  target.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title }, drawn));
}

/** The least value of lists, times `sign`: with -1 the most, negated. */
function leastOf(lists, sign = 1) {
  return lists.reduce((least, list) => list.reduce((found, value) => Math.min(found, sign * value), least), Infinity);
}

/** Steps from `first` on that are named below the chart: at most so many, where a cycle begins when that is not too seldom. */
function marks(first, count, cycle, most) {
  const wanted = Math.ceil(count / most);
  const apart = 2 * wanted < cycle ? wanted : Math.ceil(wanted / cycle) * cycle;
  const from = (apart - (first % apart)) % apart;
  return Array.from({ length: Math.ceil((count - from) / apart) }, (_, i) => from + i * apart);
}

function gridLine(frame, value, at) {
  const text = svg(
    "text",
    { x: frame.left - 10, y: at + 4, "text-anchor": "end" },
    Number(value.toPrecision(6)).toString(),
  );
  return svg("g", {}, [svg("line", { class: "grid", x1: frame.left, x2: frame.right, y1: at, y2: at }), text]);
}

function mark(frame, text, at) {
  return svg("text", { x: at, y: frame.bottom + 24, "text-anchor": at > frame.right - 40 ? "end" : "middle" }, text);
}

function key(frame, name, text, at) {
  return svg("text", { class: `key-${name}`, x: frame.left + at, y: frame.top - 18, "font-weight": 600 }, text);
}
