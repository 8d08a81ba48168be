/* The readable half of a report: one line a figure. */

const WIDTH = 44;

export function printTitle({ title, unit }) {
  console.log(`\n${title}`);
  console.log(
    `${"".padEnd(WIDTH)}${unit.padStart(12)}${"time".padStart(12)}${"share".padStart(9)}${"quartiles".padStart(22)}${"target".padStart(13)}`,
  );
}

export function printResults({ perMillisecond, yardsticks, digits = 2 }, results) {
  for (const { name, milliseconds, rate, share, target } of results) {
    const spread = yardsticks === "none" ? quartilesOf(milliseconds, duration) : quartilesOf(share, percent);
    const figures = [
      (rate.median / perMillisecond).toFixed(digits).padStart(12),
      duration(milliseconds.median).padStart(12),
      (yardsticks === "none" ? "" : percent(share.median)).padStart(9),
      spread.padStart(22),
    ];
    console.log(`${name.padEnd(WIDTH)}${figures.join("")}${verdict(share.median, { target })}`);
  }
}

/** Figures made of several results: { name, figure, spread?, unit?, target?, isMost? }. `isMost`: the target is not to be exceeded. */
export function printExtras(extras) {
  for (const { name, figure, spread, unit = "share", target, isMost } of extras) {
    const show = units[unit];
    const range = spread === undefined ? "" : quartilesOf(spread, show);
    console.log(
      `${name.padEnd(WIDTH)}${show(figure).padStart(33)}${range.padStart(22)}${verdict(figure, { target, isMost, show })}`,
    );
  }
}

export function quartilesOf({ low, high }, show) {
  return `${show(low)} – ${show(high)}`;
}

function verdict(figure, bound) {
  const { text, isReached } = judge(figure, bound);
  return text === "" ? "" : `${text.padStart(13)}  ${isReached ? "reached" : "NOT REACHED"}`;
}

/** A target in words, "" without one, and whether a figure reaches it. */
export function judge(figure, { target, isMost = false, show = percent }) {
  if (target === undefined) return { text: "", isReached: true };
  return { text: `${isMost ? "≤" : "≥"} ${show(target)}`, isReached: isMost ? figure <= target : figure >= target };
}

export function percent(share) {
  return `${(share * 100).toFixed(0)} %`;
}

export function duration(milliseconds) {
  if (milliseconds >= 1) return `${milliseconds.toFixed(2)} ms`;
  return milliseconds >= 1e-3 ? `${(milliseconds * 1e3).toFixed(2)} µs` : `${(milliseconds * 1e6).toFixed(0)} ns`;
}

/** How a figure made of several results is written. */
export const units = {
  share: percent,
  times: (ratio) => `${ratio.toFixed(2)} ×`,
  perSecond: (rate) => `${Math.round(rate)} /s`,
  milliseconds: duration,
};

/** So many digits of a figure, the others 0. */
export function significant(figure, digits) {
  const rounded = Number(figure.toPrecision(digits));
  return rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(rounded))));
}
