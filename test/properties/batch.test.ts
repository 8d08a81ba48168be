import { describe, test } from "vitest";
import { runRecurrent } from "../support/subject.js";
import { expectSameBits, rows } from "./bits.js";
import { full, perSequence, pick, type Run, samples } from "./samples.js";

/** The sequences chosen from a batch give the same bits in a batch of their own. */
function expectIndependent(run: Run, chosen: readonly number[]): void {
  const whole = perSequence(run, runRecurrent(run));
  const alone = perSequence(run, runRecurrent(pick(run, chosen)));
  whole.forEach(({ name, values, width }, index) => {
    chosen.forEach((sequence, position) => {
      const expected = rows(values, width, sequence, sequence + 1);
      expectSameBits(
        rows(alone[index].values, width, position, position + 1),
        expected,
        `${name} of sequence ${sequence}`,
      );
    });
  });
}

describe.each(samples)("$label", ({ run }) => {
  test("a sequence alone gives the same bits as in a ragged batch", () => {
    for (let sequence = 0; sequence < run.batch; sequence++) expectIndependent(run, [sequence]);
  });

  test("a sequence alone gives the same bits as in a full batch", () => {
    for (let sequence = 0; sequence < run.batch; sequence++) expectIndependent(full(run), [sequence]);
  });

  test("permuting the batch permutes the results, bit for bit", () => {
    expectIndependent(run, [4, 9, 0, 2, 7, 1, 8, 3, 6, 5]);
    expectIndependent(full(run), [4, 9, 0, 2, 7, 1, 8, 3, 6, 5]);
  });

  test("a part of the batch gives the same bits, whatever its neighbours", () => {
    expectIndependent(run, [2, 5]);
    expectIndependent(run, [8, 1, 5, 3, 0]);
  });
});
