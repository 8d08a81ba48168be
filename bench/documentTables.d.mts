export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface Run<Workload> {
  readonly workloads: readonly Workload[];
}

export interface Compared {
  readonly title: string;
  readonly results: readonly { readonly name: string; readonly milliseconds: Quartiles; readonly ratio: Quartiles }[];
}

export interface ColdStarts {
  readonly coldStarts: readonly { readonly name: string; readonly milliseconds: Quartiles }[];
}

export interface Suite {
  readonly name: string;
  readonly results: readonly { readonly name: string; readonly milliseconds: Quartiles; readonly share: Quartiles }[];
  readonly extras: readonly { readonly name: string; readonly figure: number }[];
}

export interface CoreRun {
  readonly machine: { readonly node: string };
  readonly rounds: number;
  readonly peak: number;
  readonly suites: readonly Suite[];
}

export function recordOf(name: "versus"): Run<Compared>;
export function recordOf(name: "coldStart"): ColdStarts;
export function recordOf(name: "wideLanes"): Run<{ readonly title: string; readonly ratio: Quartiles }>;
export function recordOf(name: "core"): CoreRun;

/** A cell that is null is held elsewhere. */
export interface DocumentTable {
  readonly file: string;
  readonly heading: string;
  readonly index: number;
  readonly table: { readonly head?: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] };
}

export function documentTables(): DocumentTable[];
