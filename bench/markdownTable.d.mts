export interface Table {
  readonly heading: string;
  readonly head: readonly string[];
  readonly aligns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly from: number;
  readonly to: number;
}

export function tablesOf(markdown: string): Table[];
export function tableAt(markdown: string, heading: string, index: number): Table;
