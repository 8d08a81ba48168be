import { kernelLayers } from "./columns.js";
import type { Dialect } from "./dialect.js";
import { ownLayout } from "./dialect.js";

/** Segments of a path that Keras and TensorFlow put between a layer and its tensors. */
const CELL_SEGMENT = /^(basic_|cudnn_)?(lstm|gru|simple_rnn|rnn)_cell(_\d+)?$/;

const layers = /* @__PURE__ */ kernelLayers({
  joint: false,
  kernels: "columns",
  forgetBias: 0,
  order(place) {
    const order = place.cell.foreign?.keras;
    if (order !== undefined) return order;
    return {
      problem: `has no counterpart in Keras; if the weights are such a layer's, declare their layout: ${ownLayout(place)}`,
    };
  },
});

/**
 * Keras: `lstm_1/lstm_cell/recurrent_kernel:0`, `dense/bias`, `bidirectional/forward_lstm/kernel`, with any of `/`, `.` and `_`
 * before the last word. An embedding has `embeddings`, a normalisation `gamma` and `beta`. Kernels are columns; one bias, two rows of biases (`reset_after`), or the flat pair of biases and the
 * turned kernels of `CuDNNLSTM` and `CuDNNGRU`.
 */
export const keras: Dialect = {
  title: "Keras",
  parse(name) {
    const [, before = "", part] =
      /^(?:(.*?)[/._])??(recurrent_kernel|kernel|bias|embeddings|gamma|beta)(?::\d+)?$/.exec(name) ?? [];
    return part === undefined ? undefined : { ...moduleOf(before), index: 0, part };
  },
  nameOf({ module, isReverse, part }) {
    return [...module.split(".").filter((segment) => segment !== ""), ...(isReverse ? ["backward"] : []), part].join(
      "/",
    );
  },
  read: (place, module) => layers.read(place, module),
  write: (place, values, module, index) => layers.write(place, values, module, index),
};

/** The layer that a path names, and its direction: `bidirectional/forward_lstm/lstm_cell` is `bidirectional`, forward. */
export function moduleOf(path: string): { module: string; isReverse: boolean } {
  const all = path.split(/[/.]/).filter((segment) => segment !== "");
  // Alone it is the name of a layer.
  const segments = all.length > 1 ? all.filter((segment) => !CELL_SEGMENT.test(segment)) : all;
  // Keras repeats a layer's name; a number is the place of a layer within another, which may have the same.
  const unique = segments.filter((segment, index) => segment !== segments[index - 1] || /^\d+$/.test(segment));
  const last = unique.at(-1);
  const [, direction, rest] = /^(forward|backward)(?:_(.*))?$/.exec(last ?? "") ?? [];
  if (direction !== undefined) {
    unique.pop();
    // Without its wrapper's name the layer is called by its own.
    if (unique.length === 0 && rest !== undefined) unique.push(rest);
  }
  return { module: unique.join("."), isReverse: direction === "backward" };
}
