import { ArgumentError, FormatError } from "../errors.js";
import { describe } from "../shape.js";
import { allFiles, filesInOrder, isFiles, type Naming } from "./weightFiles.js";

/** Where values lie in another file (`TensorProto.external_data`). */
export interface OutsidePlace {
  readonly location: string;
  /** First byte; 0 where the file does not say. */
  readonly offset: number;
  /** Bytes; as many as the tensor takes where the file does not say. */
  readonly length?: number;
}

/** What PyTorch is told to write one file. */
const CURE = "torch.onnx.export(…, external_data=False) writes one file";

/** The files beside an ONNX file, in which its large tensors lie. */
export class OnnxOutside {
  readonly #paths = new Set<string>();
  #files: ReadonlyMap<string, Uint8Array> = new Map();

  /** Length of all of them. */
  get bytes(): number {
    return [...this.#files.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** A tensor of the file lies there. */
  name(path: string): void {
    this.#paths.add(path);
  }

  /**
   * Takes the bytes of all files that were named.
   * @throws FormatError when they are others than those that were given
   * @throws ArgumentError when what was given is no files
   */
  open(given: unknown, naming: Naming): void {
    const { owner, file } = naming;
    const paths = [...this.#paths];
    const example = `externalData: { ${JSON.stringify(paths[0] ?? "model.onnx.data")}: bytes }`;
    const outside = `${file}: its weights lie in ${paths.join(", ")}`;
    if (given === undefined && paths.length === 0) return;
    if (given === undefined)
      throw new FormatError(`${outside}. Give them as well, ${owner}(bytes, { ${example} }); or ${CURE}.`);
    if (Array.isArray(given) || !isFiles(given))
      throw new ArgumentError(
        `externalData of ${owner} must be a file's bytes, or files by name (${example}), received ${describe(given)}.`,
      );
    const files = paths.length > 0 ? filesInOrder(given, paths, naming) : allFiles(given, naming);
    if (files.length < paths.length) throw new FormatError(`${outside}. Give them by name, ${example}.`);
    // PyTorch writes an empty file where all tensors are small.
    if (paths.length === 0 && files.some(({ length }) => length > 0))
      throw new FormatError(`${file}: its weights are all in it, but externalData was given. Is it the same export's?`);
    this.#files = new Map(paths.map((path, index) => [path, files[index] as Uint8Array]));
  }

  /**
   * The bytes at a place.
   * @param size bytes that the tensor takes
   * @throws FormatError when they are not all in the file
   */
  at({ location, offset, length }: OutsidePlace, size: number, who: string): DataView {
    const bytes = this.#files.get(location) as Uint8Array;
    const [count, end] = [length ?? size, offset + (length ?? size)];
    if (end <= bytes.length) return new DataView(bytes.buffer, bytes.byteOffset + offset, count);
    throw new FormatError(
      `${who} lies in bytes ${offset} to ${end} of ${location}, which has ${bytes.length}. Are they of the same export?`,
    );
  }
}
