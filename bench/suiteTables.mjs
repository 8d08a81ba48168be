import { duration, judge, percent, quartilesOf, units } from "./table.mjs";

/* A suite of `npm run bench` as tables of a document. */

/** Rates of a suite whose items have a share of something known, or rates and times where they have none. */
export function resultTable({ unit, perMillisecond, digits, yardsticks, results }) {
  const isShare = yardsticks !== "none";
  const rate = ({ median }) => (median / perMillisecond).toFixed(digits);
  const rows = results.map(({ name, rate: found, milliseconds, share, target }) =>
    isShare
      ? [name, rate(found), percent(share.median), quartilesOf(share, percent), ...verdict(share.median, { target })]
      : [name, rate(found), duration(milliseconds.median), quartilesOf(milliseconds, duration)],
  );
  return { head: ["what", unit, ...(isShare ? ["share", "quartiles", "target", ""] : ["time", "quartiles"])], rows };
}

export function extrasTable({ extras }) {
  const rows = extras.map(({ name, figure, spread, unit = "share", target, isMost }) => {
    const show = units[unit];
    return [name, show(figure), spread ? quartilesOf(spread, show) : "", ...verdict(figure, { target, isMost, show })];
  });
  return { head: ["what", "figure", "quartiles", "target", ""], rows };
}

function verdict(figure, bound) {
  const { text, isReached } = judge(figure, bound);
  return [text, text === "" ? "" : isReached ? "reached" : "**missed**"];
}
