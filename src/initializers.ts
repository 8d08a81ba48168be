import { elements, requireOneOf, type Shape } from "./shape.js";
import { core } from "./wasm/core.js";
import { floats } from "./wasm/memory.js";
import { Region } from "./wasm/region.js";

/** Writes initial values [rows, columns] at an address from a random key. `units` is the layer's width. */
export type Initializer = (address: number, shape: Shape, key: readonly [number, number], units: number) => void;

function uniformWithin(bound: (shape: Shape, units: number) => number): Initializer {
  return (address, shape, key, units) => {
    const limit = bound(shape, units);
    core().fillUniform(address, elements(shape), -limit, limit, key[0], key[1], 0, 0);
  };
}

const fanIn = (shape: Shape): number => shape[1] ?? 1;
const fanOut = (shape: Shape): number => shape[0] as number;

/** Every initializer; what each draws stands at `InitializerName`. */
export const initializers = {
  zeros: (address, shape) => {
    floats.fill(0, address >> 2, (address >> 2) + elements(shape));
  },
  uniform: /* @__PURE__ */ uniformWithin((_shape, units) => 1 / Math.sqrt(units)),
  glorot: /* @__PURE__ */ uniformWithin((shape) => Math.sqrt(6 / (fanIn(shape) + fanOut(shape)))),
  he: /* @__PURE__ */ normalWith((shape) => Math.sqrt(2 / fanIn(shape))),
  lecun: /* @__PURE__ */ normalWith((shape) => Math.sqrt(1 / fanIn(shape))),
  normal: /* @__PURE__ */ normalWith(() => 0.05),
  orthogonal: (address, shape, key) => {
    const [rows, columns] = [fanOut(shape), fanIn(shape)];
    const region = new Region();
    try {
      const scratch = region.bytes(8 * core().orthogonalScratch(rows, columns));
      core().orthogonalFill(address, scratch, rows, columns, 1, key[0], key[1], 0);
    } finally {
      region.dispose();
    }
  },
  unitUniform: (address, shape, key) => {
    core().fillUniform(address, elements(shape), 0, 1, key[0], key[1], 0, 0);
  },
  identity: (address, shape) => {
    const columns = fanIn(shape);
    floats.fill(0, address >> 2, (address >> 2) + elements(shape));
    for (let index = 0; index < Math.min(columns, fanOut(shape)); index++)
      floats[(address >> 2) + index * (columns + 1)] = 1;
  },
} as const satisfies Record<string, Initializer>;

function normalWith(deviation: (shape: Shape) => number): Initializer {
  return (address, shape, key) => {
    core().fillNormal(address, elements(shape), 0, deviation(shape), key[0], key[1], 0, 0);
  };
}

/**
 * Name of what weights begin as. A weight is [blocks · H, columns]: those that depend on the shape see one block [H, columns].
 *
 * | name | distribution | source |
 * |---|---|---|
 * | `zeros` | 0 | |
 * | `uniform` | U(−1/√H, 1/√H) with H the layer's units | PyTorch's recurrent layers |
 * | `glorot` | U(−√(6/(in+out)), √(6/(in+out))) | Glorot & Bengio 2010 |
 * | `he` | N(0, 2/in) | He et al. 2015 |
 * | `lecun` | N(0, 1/in) | LeCun et al. 1998 |
 * | `normal` | N(0, 0.05²) | |
 * | `orthogonal` | uniform over orthogonal matrices | Saxe et al. 2014 |
 * | `unitUniform` | U(0, 1) | Li et al. 2018 (IndRNN) |
 * | `identity` | 1 on the diagonal | Le et al. 2015 (IRNN) |
 */
export type InitializerName = keyof typeof initializers;

/**
 * An initializer by name.
 * @throws ArgumentError when there is none of that name
 */
export function initializer(name: InitializerName): Initializer {
  return initializers[requireOneOf("initializer", name, Object.keys(initializers) as InitializerName[])];
}
