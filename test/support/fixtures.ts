import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readTensorFile, type StoredTensor } from "./tensorFile.js";

/** Where the reference data lies: `RECURVE_FIXTURES`, or the copies kept in this repository. */
export const fixtureDirectory =
  process.env.RECURVE_FIXTURES ?? join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures");

/** What a difference is measured as. */
export type Measure = "value" | "grad" | "loss";

/** Allowed differences of a case; `test/fixtures/README.md` gives the measure of each. */
export interface Tolerance {
  readonly value?: number;
  readonly grad?: number;
  readonly loss?: number;
  readonly loss_first_10?: number;
  readonly atol?: number;
  readonly rtol?: number;
}

/** One line of `index.json`. */
export interface CaseEntry {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tolerance?: Tolerance;
  /** A file of weights alone, beside the case's own; of a model in a file, what that holds. */
  readonly weights?: string | readonly unknown[];
  /** The file of a whole model, which the case is about. */
  readonly model?: string;
}

/** A case with its tensors, read when it is asked for. */
export class ReferenceCase {
  readonly id: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tolerance: Tolerance;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly #weights: string | undefined;
  readonly #model: string | undefined;

  constructor(entry: CaseEntry) {
    this.#weights = typeof entry.weights === "string" ? entry.weights : undefined;
    this.#model = entry.model;
    this.id = entry.id;
    this.kind = entry.kind;
    this.config = entry.config;
    this.tolerance = entry.tolerance ?? {};
    this.tensors = readTensorFile(readFileSync(join(fixtureDirectory, entry.file)));
  }

  /** The bytes of the case's file of weights. */
  weights(): Uint8Array {
    if (this.#weights === undefined) throw new Error(`${this.id} has no file of weights`);
    return readFileSync(join(fixtureDirectory, this.#weights));
  }

  /** The bytes of the file of the model, or of one beside it. */
  model(beside?: string): Uint8Array {
    if (this.#model === undefined) throw new Error(`${this.id} has no model`);
    const path = join(fixtureDirectory, this.#model);
    return readFileSync(beside === undefined ? path : join(dirname(path), beside));
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  /** The tensor of that name; an error names the case when there is none. */
  tensor(name: string): StoredTensor {
    const found = this.tensors.get(name);
    if (found === undefined) throw new Error(`${this.id} has no tensor "${name}"`);
    return found;
  }

  values(name: string): StoredTensor["values"] {
    return this.tensor(name).values;
  }

  shape(name: string): readonly number[] {
    return this.tensor(name).shape;
  }

  /**
   * The largest difference allowed to float32 code: the case's own, or the floor of its kind where it has none.
   */
  allowed(measure: Measure): number {
    const allowed = this.tolerance[measure] ?? index.tolerance_by_kind?.[this.kind]?.[measure]?.floor;
    if (allowed === undefined) throw new Error(`${this.id} has no tolerance for ${measure}`);
    return allowed;
  }

  number(key: string): number {
    const value = this.config[key];
    if (typeof value !== "number")
      throw new Error(`${this.id}: config.${key} is not a number: ${JSON.stringify(value)}`);
    return value;
  }

  text(key: string): string {
    const value = this.config[key];
    if (typeof value !== "string") throw new Error(`${this.id}: config.${key} is not a text: ${JSON.stringify(value)}`);
    return value;
  }
}

interface Index {
  readonly cases: readonly CaseEntry[];
  readonly tolerance_by_kind?: Readonly<Record<string, Partial<Record<Measure, { floor: number }>>>>;
}

const index = readIndex();

/** All cases of the index, in its order. */
export const caseEntries: readonly CaseEntry[] = index.cases;

function readIndex(): Index {
  const path = join(fixtureDirectory, "index.json");
  if (!existsSync(path)) {
    throw new Error(
      `no reference data: ${path} does not exist. RECURVE_FIXTURES must name a folder with an index.json.`,
    );
  }
  const found = JSON.parse(readFileSync(path, "utf8")) as Index;
  if (found.cases.length === 0) throw new Error(`${path} lists no case`);
  return found;
}
