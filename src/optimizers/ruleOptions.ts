import { requireBelowOne, requireFlag, requireKnownOptions, requireNumber } from "../shape.js";

/** What an option of a rule may be, and what it is where it is left out. */
export interface RuleOption<Value extends number | boolean> {
  readonly otherwise: Value;
  /**
   * @param title the option and its rule: `beta1 of adam`
   * @throws ArgumentError when the value is out of range
   */
  check(title: string, value: unknown): Value;
}

/** Options of a rule by name, as they were given or left out. */
type Given<Wanted> = { readonly [Name in keyof Wanted]: Wanted[Name] extends RuleOption<infer Value> ? Value : never };

/** An epsilon below this is 0 in float32 once it is squared or divided by: 0 / 0 where a gradient was never seen. */
const LEAST_EPSILON = 1e-30;

/**
 * The options of a rule, checked in the order in which it wants them.
 * @throws ArgumentError when one is unknown or out of range
 */
export function ruleOptions<Wanted extends Readonly<Record<string, RuleOption<boolean> | RuleOption<number>>>>(
  rule: string,
  options: object,
  wanted: Wanted,
): Given<Wanted> {
  requireKnownOptions(rule, options, Object.keys(wanted));
  const values = Object.entries(wanted).map(([name, { otherwise, check }]) => [
    name,
    check(`${name} of ${rule}`, (options as Readonly<Record<string, unknown>>)[name] ?? otherwise),
  ]);
  return Object.fromEntries(values);
}

/** A number of 0 or more. */
export function amount(otherwise: number): RuleOption<number> {
  return { otherwise, check: (title, value) => requireNumber(title, value, 0) };
}

/** What keeps a division from 0. */
export function leastDivisor(otherwise: number): RuleOption<number> {
  return { otherwise, check: (title, value) => requireNumber(title, value, LEAST_EPSILON) };
}

/** A share, from 0 to 1. */
export function share(otherwise: number): RuleOption<number> {
  return { otherwise, check: (title, value) => requireNumber(title, value, 0, 1) };
}

/** A share of the past that is kept, from 0 to below 1. */
export function memory(otherwise: number): RuleOption<number> {
  return { otherwise, check: (title, value) => requireBelowOne(title, value, "nothing would ever fade") };
}

/** Yes or no. */
export function flag(otherwise: boolean): RuleOption<boolean> {
  return { otherwise, check: requireFlag };
}
