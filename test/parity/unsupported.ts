import type { CaseEntry } from "../support/fixtures.js";

/**
 * A kind or option of the reference data that the library does not have yet. A rule looks at kind and config alone, so
 * that it speaks for cases not seen yet; where the kind has an attempt, each case set aside is tried and must not pass.
 */
export interface Rule {
  /** What the cases wait for. */
  readonly reason: string;
  readonly applies: (entry: CaseEntry) => boolean;
}

/** The first rule that applies to a case speaks for it; a case without a rule must pass. */
export const rules: readonly Rule[] = [];

/** The rule that sets a case aside, if there is one. */
export function ruleFor(entry: CaseEntry): Rule | undefined {
  return rules.find(({ applies }) => applies(entry));
}
