const namespace = "http://www.w3.org/2000/svg";

/** An SVG element. @param content children, or text */
export function svg(name, attributes = {}, content = []) {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...[content].flat());
  return element;
}

/** The width of a drawing, so that its words are as large as those of the page on a phone too. */
export function widthFor(figure) {
  return Math.min(980, Math.max(300, figure.clientWidth));
}

/** A path through points [x, y]. */
export function pathThrough(points) {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A linear scale from numbers to pixels. */
export function linear([least, most], [start, end]) {
  const span = most - least || 1;
  return (value) => start + ((value - least) / span) * (end - start);
}

/** Round numbers, about `count` of them, that reach over a range. */
export function ticksOver(least, most, count) {
  const raw = (most - least || 1) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= raw) ?? 10);
  const ticks = [];
  for (let tick = Math.floor(least / step); (tick - 1) * step < most; tick++) ticks.push(tick * step);
  return ticks;
}
