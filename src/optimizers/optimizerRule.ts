/** What an update works on: addresses of twin blocks and of the table of ranges. */
export interface UpdateBlocks {
  readonly ranges: number;
  readonly rangeCount: number;
  readonly parameters: number;
  readonly gradients: number;
  /** One block for each of the rule's slots. */
  readonly slots: readonly number[];
}

/** An update rule with its options: a value, without memory. */
export interface OptimizerRule {
  readonly name: string;
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Blocks it keeps from update to update: "momentum", "variance" … */
  readonly slots: readonly string[];
  /** Numbers it keeps besides, as they are before the first update: powers of β as running products. */
  readonly start: readonly number[];
  /** Update number `update` (from 1) at a rate; replaces the entries of `numbers`. */
  apply(blocks: UpdateBlocks, rate: number, numbers: number[], update: number): void;
}
