import type { Sequences, SequencesLike } from "../data/sequences.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { exp, log } from "../tensor/float64.js";
import { type CtcOutputOptions, readOutput } from "./ctcOutput.js";
import { logSoftmax } from "./logSoftmax.js";

/** Options of `ctcBeam`. */
export interface CtcBeamOptions extends CtcOutputOptions {
  /** Beginnings of label sequences that are kept at every step, the likeliest; default 16. */
  readonly beamWidth?: number;
}

/** Labels, and how likely they are. */
export interface CtcHypothesis {
  /** Class numbers without blanks and repeats of the alignment. */
  readonly labels: number[];
  /** ln of the sum over the alignments that were followed: at most, and with a wide beam equal to, ln p(labels | output). */
  readonly logProbability: number;
}

/** The beginning of a label sequence. */
interface Prefix {
  readonly parent: Prefix | undefined;
  readonly label: number;
  /** Beginnings that go on from it, by their next label. */
  readonly next: Map<number, Prefix>;
  /** ln of the alignments that end with a blank, and of those that end with the last label. */
  blank: number;
  told: number;
  /** The same after the step in work. */
  nextBlank: number;
  nextTold: number;
  /** The step whose list it is in. */
  listed: number;
}

/**
 * The likeliest labels that a network trained with `ctc` reads: prefix beam search (Graves 2012, Hannun et al. 2014) over
 * sums of alignments, in logarithms. The result depends on nothing but the output: of equally likely beginnings the one
 * found first stays.
 *
 * @param output logits [batch, time, classes], or a list of [time, classes]; log-probabilities are logits too
 * @returns for each sequence its hypotheses, the likeliest first, at most `beamWidth`
 * @example
 * const lengths = recordings.map((recording) => recording.length);
 * const heard = ctcBeam(model.predictBatch(recordings), { lengths, beamWidth: 8 });
 * const [{ labels, logProbability }] = heard[0];   // labels such as [3, 1, 4]
 * @throws ShapeError, ArgumentError when output or options do not fit
 */
export function ctcBeam(output: SequencesLike, options: CtcBeamOptions = {}): CtcHypothesis[][] {
  requireKnownOptions("ctcBeam", options, ["blank", "lengths", "beamWidth"]);
  const { rows, blank } = readOutput("ctcBeam", output, options);
  const beamWidth = requireInteger("beamWidth of ctcBeam", options.beamWidth ?? 16);
  return Array.from(rows.starts, (_, index) => search(rows, index, blank, beamWidth));
}

function search({ values, starts, lengths, width }: Sequences, index: number, blank: number, beamWidth: number) {
  let beam = [prefix(undefined, -1)];
  (beam[0] as Prefix).blank = 0;
  for (let step = 0; step < (lengths[index] as number); step++) {
    const from = (starts[index] as number) + step * width;
    beam = best(advance(beam, logSoftmax(values.subarray(from, from + width)), blank, step), beamWidth);
  }
  return beam.map((end) => ({ labels: labelsOf(end), logProbability: score(end) }));
}

function prefix(parent: Prefix | undefined, label: number): Prefix {
  const none = Number.NEGATIVE_INFINITY;
  return {
    parent,
    label,
    next: new Map(),
    blank: none,
    told: none,
    nextBlank: none,
    nextTold: none,
    listed: -1,
  };
}

/** Every beginning that one more step leads to, its alignments summed. */
function advance(beam: readonly Prefix[], logP: Float64Array, blank: number, step: number): Prefix[] {
  const found: Prefix[] = [];
  const list = (one: Prefix) => {
    if (one.listed === step) return one;
    one.listed = step;
    found.push(one);
    return one;
  };
  for (const one of beam) {
    list(one).nextBlank = addLogs(one.nextBlank, score(one) + (logP[blank] as number));
    if (one.parent !== undefined) one.nextTold = addLogs(one.nextTold, one.told + (logP[one.label] as number));
    for (let label = 0; label < logP.length; label++) {
      if (label === blank) continue;
      // The same label again is another one only where a blank lies between.
      const before = label === one.label ? one.blank : score(one);
      if (before === Number.NEGATIVE_INFINITY) continue;
      const longer = list(child(one, label));
      longer.nextTold = addLogs(longer.nextTold, before + (logP[label] as number));
    }
  }
  // Those that fell out of the beam are worth nothing should they be found again.
  for (const one of found) {
    [one.blank, one.told] = [one.nextBlank, one.nextTold];
    one.nextBlank = one.nextTold = Number.NEGATIVE_INFINITY;
  }
  return found;
}

function child(parent: Prefix, label: number): Prefix {
  const known = parent.next.get(label);
  if (known !== undefined) return known;
  const made = prefix(parent, label);
  parent.next.set(label, made);
  return made;
}

/** The likeliest, in order; of equal ones those found first. */
function best(found: Prefix[], beamWidth: number): Prefix[] {
  const scored = found.map((one) => ({ one, score: score(one) }));
  scored.sort((a, b) => b.score - a.score);
  return scored.slice(0, beamWidth).map(({ one }) => one);
}

function score({ blank, told }: Prefix): number {
  return addLogs(blank, told);
}

function labelsOf(end: Prefix): number[] {
  const labels: number[] = [];
  for (let one = end; one.parent !== undefined; one = one.parent) labels.push(one.label);
  return labels.reverse();
}

/** ln(eᵃ + eᵇ) */
function addLogs(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + log(1 + exp(low - high));
}
