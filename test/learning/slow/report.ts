import { expect } from "vitest";

/** What a training reached, measured on data it has not seen. */
export interface Outcome {
  readonly task: string;
  readonly network: string;
  readonly seed: number;
  readonly figure: number;
  /** "error" is to stay below the bound, "accuracy" above it. */
  readonly kind: "accuracy" | "error";
  readonly bound: number;
  /** Another figure to be seen beside it. */
  readonly beside?: string;
}

/** Processor time since then: a busy machine changes it little. */
export function processorSeconds(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return ((user + system) / 1e6).toFixed(1);
}

/** Runs a training, prints one line about it and holds it to its bound. */
export async function learns(run: () => Promise<Outcome>): Promise<void> {
  const started = process.cpuUsage();
  const { task, network, seed, figure, kind, bound, beside } = await run();
  const seconds = processorSeconds(started);
  const reached = kind === "accuracy" ? `${(100 * figure).toFixed(2)} %` : figure.toPrecision(3);
  const wanted = kind === "accuracy" ? `≥ ${(100 * bound).toFixed(0)} %` : `< ${bound}`;
  const line = [`${task}: ${network}`, `seed ${seed}`, `${kind} ${reached} (${wanted})`, `${seconds} s`, beside];
  console.log(line.filter((part) => part !== undefined).join(", "));
  if (kind === "accuracy") expect(figure).toBeGreaterThanOrEqual(bound);
  else expect(figure).toBeLessThan(bound);
}

/** Place of the largest of `count` values from `from` on. */
export function largest(values: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if ((values[from + index] as number) > (values[from + best] as number)) best = index;
  }
  return best;
}
