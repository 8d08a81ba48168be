import { branded, stranger } from "../brand.js";

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
  /** What trainers' files call it. */
  readonly name: string;
  /** The options it was made with, every default in its place. */
  readonly options: Readonly<Record<string, number | boolean>>;
  /** Rate that an `Optimizer` begins with and a schedule starts out from. */
  readonly learningRate: number;
  /** What pulls weights to 0: part of the gradient, or decoupled from it, as the rule has it. */
  readonly weightDecay: number;
  /** Blocks it keeps from update to update: "momentum", "variance" … */
  readonly slots: readonly string[];
  /** Numbers it keeps besides, as they are before the first update: powers of β as running products. */
  readonly start: readonly number[];
  /** Whether it has a momentum, or β₁, that a schedule may move; default false. */
  readonly hasMomentum?: boolean;
  /**
   * Update number `update` (from 1) at a rate; replaces the entries of `numbers`.
   * @param momentum of this update, in place of the momentum or β₁ of its options
   * @internal
   */
  apply(blocks: UpdateBlocks, rate: number, numbers: number[], update: number, momentum?: number): void;
}

/** Rules of this copy of the library; a symbol that no other copy has. */
const OWN = Symbol("optimizer");

/** A rule as its file writes it: the rate and the decay are among its options. */
interface RuleDefinition extends Omit<OptimizerRule, "learningRate" | "weightDecay"> {
  readonly options: OptimizerRule["options"] & { readonly learningRate: number; readonly weightDecay: number };
}

/** Makes a rule one of the library's, which nobody can change. */
export function defineRule(definition: RuleDefinition): OptimizerRule {
  const { learningRate, weightDecay } = definition.options;
  const rule: OptimizerRule = { ...definition, learningRate, weightDecay };
  Object.defineProperty(rule, OWN, { value: true });
  Object.freeze(rule.options);
  return Object.freeze(branded("optimizer", rule));
}

/**
 * @throws StateError when the rule belongs to another copy of the library, ArgumentError when it is none
 */
export function requireRule(rule: unknown): OptimizerRule {
  if ((rule as { [OWN]?: true } | null | undefined)?.[OWN]) return rule as OptimizerRule;
  throw stranger("optimizer", rule, "an optimizer such as adam({ learningRate: 1e-3 }) is wanted");
}
