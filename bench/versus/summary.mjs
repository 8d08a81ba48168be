import { significant } from "../table.mjs";

/* The README's short form of the comparison: fewer workloads and peers, fewer digits. */

const rows = {
  "step of a stream, LSTM of 32": "step of a stream, lstm D=16 H=32",
  "step of a stream, GRU of 128": "step of a stream, gru D=16 H=128",
  "step of a stream, LSTM of 512": "step of a stream, lstm D=16 H=512",
  "100 steps, LSTM of 128": "whole sequence, lstm T=100 B=1 D=64 H=128",
  "100 steps of 32 sequences, LSTM of 128": "whole sequence, lstm T=100 B=32 D=64 H=128",
  "training step, GRU of 64": "training step, gru T=50 B=32 D=8 H=64",
  "training step, LSTM of 256": "training step, lstm T=50 B=32 D=8 H=256",
  "training step, characters, LSTM of 128": "character model, lstm V=64 H=128 T=64 B=32",
  "the textbook's update, Elman of 16": "textbook update, elman H=16 k=10 B=1",
};
const columns = {
  "tf.js wasm": "tfjs wasm",
  "onnxruntime-web": "onnxruntime-web",
  "brain.js": "brain.js",
  "plain loops": "plain loops",
  "PyTorch, 1 thread": "PyTorch",
};

/** Three digits of a time. */
function shortTime(milliseconds) {
  if (milliseconds >= 1) return `${significant(milliseconds, 3)} ms`;
  return milliseconds >= 1e-3 ? `${significant(milliseconds * 1e3, 3)} µs` : `${significant(milliseconds * 1e6, 3)} ns`;
}

/** Two digits of a ratio, three from 100 on: no run tells more. */
export function shortRatio(ratio) {
  return significant(ratio, ratio < 100 ? 2 : 3);
}

const shortSize = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

export function summaryTable({ workloads }) {
  const cells = Object.entries(rows).map(([label, title]) => {
    const { results } = workloads.find((workload) => workload.title === title);
    const ratioOf = (peer) => results.find(({ name }) => name === peer)?.ratio.median;
    const ratios = Object.values(columns).map((peer) => ratioOf(peer));
    const others = ratios.map((ratio) => (ratio === undefined ? "–" : `${shortRatio(ratio)} ×`));
    return [label, shortTime(results[0].milliseconds.median), ...others];
  });
  const peers = Object.keys(columns);
  return { head: ["one turn", "recurve", ...peers], aligns: ["-", "-:", ...peers.map(() => "-:")], rows: cells };
}

/** What a user waits for and what a page loads, as rows of a table of recurve, tf.js, onnxruntime-web and brain.js. */
export function loadingRows({ coldStarts }, ownSizes) {
  const found = new Map(coldStarts.map((start) => [start.name, start]));
  const peers = ["tfjs wasm", "onnxruntime-web", "brain.js"].map((name) => found.get(name));
  const times = [found.get("recurve"), ...peers].map(({ milliseconds }) => `${milliseconds.median.toFixed(0)} ms`);
  const own = ownSizes["recurve/predict"];
  const sizes = peers.map(({ bundle, files }) => shortSize(bundle + files));
  return [
    ["first prediction in a fresh process²", ...times],
    ["to load, compressed, for predictions", own === null ? null : `${shortSize(own)}¹`, ...sizes],
  ];
}
