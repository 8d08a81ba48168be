/** What a network says of the next token after any beginning of an answer: its targets force the beginning on it. */
import type { Model } from "../../src/index.js";
import { PlannedAnswers } from "./answers.js";

/** ln softmax as the textbook has it. */
export function logShares(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

export class ForcedAnswers {
  readonly #planned: PlannedAnswers;

  constructor(model: Model) {
    this.#planned = new PlannedAnswers(model.specification, false, { room: { sequences: 1, steps: 20, rows: 20 } });
    for (const { name, read } of model.parameters) this.#planned.write(name, read().data);
  }

  /** Logits of each token of an answer, and of one more: [tokens + 1, vocabulary]. */
  logits(source: readonly number[], tokens: readonly number[]): number[][] {
    this.#planned.forward([source.map((token) => [token])], [[...tokens, 0].map((token) => [token])]);
    return this.#planned.output()[0] as number[][];
  }

  /** Σ ln p of the tokens. */
  sum(source: readonly number[], tokens: readonly number[]): number {
    const logits = this.logits(source, tokens);
    return tokens.reduce((sum, token, step) => sum + logShares(logits[step] as number[])[token], 0);
  }

  /** Attention weights of each token of an answer [tokens, source]. */
  attention(source: readonly number[], tokens: readonly number[]): number[] {
    this.logits(source, tokens);
    return tokens.flatMap((_, step) => [...this.#planned.attention(0, step, source.length)]);
  }

  [Symbol.dispose](): void {
    this.#planned[Symbol.dispose]();
  }
}
