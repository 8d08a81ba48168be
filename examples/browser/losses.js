import { linear, pathThrough, svg, widthFor } from "./drawing.js";

const height = 150;
/** What stands under the networks of a stage. */
const stages = { validate: "how long to train", fit: "all of the series", interval: "how sure to be" };

/**
 * The curves of a training: the loss of every network epoch by epoch, and its loss on the values kept back where there is one.
 * The networks stand side by side in the order in which they were trained; the scale is logarithmic.
 *
 * @param target the figure that is filled
 * @param reports what the worker told, in order
 */
export function drawLosses(target, reports) {
  const values = reports
    .flatMap(({ loss, validationLoss }) => [loss, validationLoss ?? loss])
    .filter((value) => value > 0);
  if (values.length < 2) return target.replaceChildren();
  const width = widthFor(target);
  const frame = { left: 60, right: width - 8, top: 26, bottom: 118 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = linear([0, Math.max(20, reports.length - 1)], [frame.left, frame.right]);
  const y = linear([Math.log(least), Math.log(most)], [frame.bottom, frame.top]);
  const place = (i, value) => [x(i), y(Math.log(value))];
  const drawn = [least, most].map((value) => gridLine(frame, value, y(Math.log(value))));
  for (const run of runsOf(reports)) drawn.push(...curves(run, place));
  drawn.push(...stageNames(reports, x, frame.bottom + 24));
  drawn.push(svg("text", { class: "key-learned", x: frame.left, y: 11, "font-weight": 600 }, "loss"));
  drawn.push(
    svg("text", { class: "key-checked", x: frame.left + 42, y: 11, "font-weight": 600 }, "on values kept back"),
  );
  const words = {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": "Loss of each network, epoch by epoch",
  };
  target.replaceChildren(svg("svg", words, drawn));
}

/** What stands under the beginning of each stage, where the one before leaves room: a letter is 7 wide at most. */
function stageNames(reports, x, y) {
  const names = [];
  let end = 0;
  for (const [i, { stage }] of reports.entries()) {
    if (stage === reports[i - 1]?.stage || x(i) < end) continue;
    names.push(svg("text", { x: x(i), y }, stages[stage]));
    end = x(i) + 7 * stages[stage].length + 8;
  }
  return names;
}

function gridLine(frame, value, at) {
  const text = svg("text", { x: frame.left - 10, y: at + 4, "text-anchor": "end" }, value.toPrecision(2));
  return svg("g", {}, [svg("line", { class: "grid", x1: frame.left, x2: frame.right, y1: at, y2: at }), text]);
}

/** What one network was told of itself. @param place [x, y] of a report's place and a loss */
function curves(run, place) {
  const curve = (name, className) => {
    const points = run.filter(({ report }) => report[name] > 0).map(({ report, i }) => place(i, report[name]));
    return svg("path", { class: `series ${className}`, d: pathThrough(points) });
  };
  return [curve("loss", "learned"), curve("validationLoss", "checked")];
}

/** Reports of the same network in the same stage, each with its place among all. */
function runsOf(reports) {
  const runs = [];
  for (const [i, report] of reports.entries()) {
    const last = runs.at(-1)?.at(-1).report;
    const isNext = last?.stage === report.stage && last.network === report.network && last.epoch < report.epoch;
    if (isNext) runs.at(-1).push({ report, i });
    else runs.push([{ report, i }]);
  }
  return runs;
}
