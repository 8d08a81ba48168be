import { drawChart } from "./chart.js";
import { drawLosses } from "./losses.js";
import { readPasted, series } from "./series.js";

const part = (id) => document.getElementById(id);
const own = { name: "Your own", about: "paste values or a CSV", horizon: 12 };
const choices = [...series, own];
const stages = {
  validate: "Finding how long to train",
  fit: "Learning all of the series",
  interval: "Learning how sure to be",
};

/** The training that runs; undefined while none does. */
let worker;
/** Trainings begun or ended: what an earlier one still waits for comes too late. */
let run = 0;
let choice = choices[0];

for (const [i, { name, about }] of choices.entries()) {
  const input = Object.assign(document.createElement("input"), { type: "radio", name: "series", checked: i === 0 });
  input.addEventListener("change", () => choose(choices[i]));
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  const title = Object.assign(document.createElement("strong"), { textContent: name });
  label.append(
    input,
    title,
    Object.assign(document.createElement("span"), { className: "caption", textContent: about }),
  );
  part("choices").append(label);
}
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  train();
});
part("stop").addEventListener("click", () => end("Stopped"));
part("csv").addEventListener("input", () => show());
choose(choice);

function choose(chosen) {
  choice = chosen;
  part("own").hidden = chosen !== own;
  part("horizon").value = chosen.horizon;
  part("name").textContent = chosen.name;
  part("about").textContent = chosen === own ? "" : chosen.about;
  if (!part("stop").disabled) end("Stopped");
  show();
}

/** The series chosen. @throws Error when what was pasted is none */
function present() {
  return choice === own ? readPasted(part("csv").value) : choice.load();
}

/** Draws the series alone; text that is being typed may not be one yet. */
async function show() {
  const shown = choice;
  try {
    const given = await present();
    if (shown === choice) drawChart(part("chart"), given);
  } catch (error) {
    part("chart").replaceChildren();
    if (shown !== own) complain(error.message);
  }
}

async function train() {
  end("Starting");
  complain();
  part("stop").disabled = false;
  part("progress").value = 0;
  const mine = run;
  const options = { horizon: part("horizon").valueAsNumber, interval: Number(part("interval").value) };
  try {
    const given = await present();
    if (mine === run) start(given, options);
  } catch (error) {
    if (mine === run) fail(error.message);
  }
}

function start(given, options) {
  const mine = run;
  const reports = [];
  worker = new Worker("./worker.js", { type: "module" });
  worker.onmessage = ({ data: { progress, ahead, settings, problem } }) => {
    // A message may be under way when its training is ended.
    if (mine !== run) return;
    if (progress !== undefined) tell(reports, progress);
    else if (problem !== undefined) fail(problem);
    else finish(given, ahead, settings, reports);
  };
  worker.onerror = ({ message }) => mine === run && fail(message || "The worker could not be started.");
  worker.postMessage({ library: import.meta.resolve("recurve"), values: given.values, options });
}

function tell(reports, progress) {
  reports.push(progress);
  const { stage, network, networks, epoch, done, secondsLeft } = progress;
  part("stage").textContent = stages[stage];
  const seconds = Math.ceil(secondsLeft);
  part("left").textContent = `network ${network} of ${networks}, epoch ${epoch} · at most ${seconds} s left`;
  part("progress").value = done;
  if (reports.length === 1) redraw(reports, run);
}

/** Redraws the curves with every frame as long as their training runs: reports come faster than that. */
function redraw(reports, mine) {
  requestAnimationFrame(() => {
    if (mine !== run) return;
    drawLosses(part("losses"), reports);
    redraw(reports, mine);
  });
}

function finish(given, ahead, settings, reports) {
  const { cell, networks, units, epochs, season, lookback } = settings;
  end("Done");
  part("progress").value = 1;
  drawLosses(part("losses"), reports);
  drawChart(part("chart"), given, ahead);
  const seasonal = season > 1 ? `, season of ${season} steps` : "";
  part("summary").textContent =
    `${networks} networks of ${units} ${cell.toUpperCase()} units, lookback ${lookback}${seasonal}, ${epochs} epochs. ` +
    "Same series, same options, same seed: the same forecast in every browser, to the last bit.";
  document.dispatchEvent(new CustomEvent("forecast", { detail: ahead }));
}

function fail(message) {
  end("Not trained");
  complain(message);
}

function end(outcome) {
  run++;
  worker?.terminate();
  worker = undefined;
  part("stop").disabled = true;
  part("stage").textContent = "Training";
  part("left").textContent = outcome;
}

/** Says what is wrong, or that nothing is. */
function complain(message = "") {
  part("problem").textContent = message;
  part("problem").hidden = message === "";
}
