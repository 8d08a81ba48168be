/* The readable half of a report: one line a figure. */

const WIDTH = 44;

export function printTitle({ title, unit }) {
  console.log(`\n${title}`);
  console.log(
    `${"".padEnd(WIDTH)}${unit.padStart(12)}${"time".padStart(12)}${"share".padStart(9)}${"quartiles".padStart(12)}${"target".padStart(9)}`,
  );
}

export function printResults({ perMillisecond, yardsticks }, results) {
  for (const { name, milliseconds, rate, share, target } of results) {
    const figures = [
      (rate.median / perMillisecond).toFixed(2).padStart(12),
      duration(milliseconds.median).padStart(12),
      (yardsticks === "none" ? "" : percent(share.median)).padStart(9),
      (yardsticks === "none" ? "" : `${percent(share.low)}–${percent(share.high)}`).padStart(12),
    ];
    console.log(`${name.padEnd(WIDTH)}${figures.join("")}${verdict(share.median, target)}`);
  }
}

export function printExtras(extras) {
  for (const { name, ratio, target } of extras) {
    console.log(`${name.padEnd(WIDTH)}${percent(ratio).padStart(33)}${"".padStart(12)}${verdict(ratio, target)}`);
  }
}

function verdict(figure, target) {
  if (target === undefined) return "";
  return `${percent(target).padStart(9)}  ${figure >= target ? "reached" : "NOT REACHED"}`;
}

function percent(share) {
  return `${(share * 100).toFixed(0)} %`;
}

function duration(milliseconds) {
  if (milliseconds >= 1) return `${milliseconds.toFixed(2)} ms`;
  return milliseconds >= 1e-3 ? `${(milliseconds * 1e3).toFixed(2)} µs` : `${(milliseconds * 1e6).toFixed(0)} ns`;
}
