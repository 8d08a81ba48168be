import type { Tensor } from "../tensor/tensor.js";

/** What a tensor's name says about its place. */
export interface NameParts {
  /** Path of the layer, with dots: `encoder.rnn`. */
  readonly module: string;
  /** Its number in a stack that shares the path (`_l1`), from 0. */
  readonly index: number;
  readonly isReverse: boolean;
  /** What it is within the layer: `weight_ih`, `kernel`. */
  readonly part: string;
}

/** A tensor of a file under its own name. */
export interface FileTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Tensors that belong together by their names: a layer of a file. */
export interface Module {
  readonly path: string;
  readonly index: number;
  readonly forward: ReadonlyMap<string, FileTensor>;
  readonly reverse: ReadonlyMap<string, FileTensor>;
}

/** The layers of a file, in its order, a stack's by their number; and the tensors whose names say nothing. */
export function modulesOf(
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
  parse: (name: string) => NameParts | undefined,
): { modules: Module[]; strangers: string[] } {
  const found = new Map<string, Map<number, Module>>();
  const strangers: string[] = [];
  for (const [name, tensor] of tensors) {
    const parts = parse(name.slice(prefix.length).replace(/^[./]/, ""));
    if (parts === undefined) {
      strangers.push(name);
      continue;
    }
    const { module: path, index, isReverse, part } = parts;
    const stack = found.get(path) ?? new Map<number, Module>();
    found.set(path, stack);
    const module = stack.get(index) ?? { path, index, forward: new Map(), reverse: new Map() };
    stack.set(index, module);
    const parted = (isReverse ? module.reverse : module.forward) as Map<string, FileTensor>;
    if (parted.has(part)) strangers.push(name);
    else parted.set(part, { name, tensor });
  }
  const modules = [...found.values()].flatMap((stack) => [...stack.values()].sort((a, b) => a.index - b.index));
  return { modules, strangers };
}

/** Every tensor of a layer of a file. */
export function tensorsOf({ forward, reverse }: Module): FileTensor[] {
  return [...forward.values(), ...reverse.values()];
}

/** The layer as errors call it: `rnn`, `rnn (layer 1)`. */
export function moduleTitle({ path, index }: Module): string {
  const title = path === "" ? "the tensors without a path" : path;
  return index === 0 ? title : `${title} (layer ${index})`;
}
