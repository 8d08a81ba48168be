import { ArgumentError } from "../errors.js";
import { type Nested, type Tensor, tensor } from "../tensor/tensor.js";

/** A network's output, to be read. @throws ArgumentError when a number of it is not finite */
export function finiteOutput(owner: string, output: Tensor | Nested): Tensor {
  const read = tensor(output);
  const bad = read.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return read;
  throw new ArgumentError(`the output that ${owner} reads must be finite, received ${read.data[bad]} at place ${bad}.`);
}
