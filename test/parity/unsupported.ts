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

type Config = CaseEntry["config"];

const isKind =
  (...kinds: string[]) =>
  ({ kind }: CaseEntry): boolean =>
    kinds.includes(kind);

const ofKind =
  (kind: string, applies: (config: Config) => boolean) =>
  (entry: CaseEntry): boolean =>
    entry.kind === kind && applies(entry.config);

const isPlain = (value: unknown): boolean => value === undefined || value === null || value === false || value === 0;

const builtLosses = ["mse", "cross_entropy", "nll_of_log_softmax"];
const builtOptimizers = ["sgd", "adam"];

/** The first rule that applies to a case speaks for it; a case without a rule must pass. */
export const rules: readonly Rule[] = [
  {
    reason: "losses other than mean squared error and cross entropy are not built yet",
    applies: ofKind("loss", ({ loss }) => !builtLosses.includes(loss as string)),
  },
  {
    reason: "class weights, label smoothing and ignored targets of cross entropy are not built yet",
    applies: ofKind("loss", ({ has_weight, label_smoothing, ignore_index }) => {
      return ![has_weight, label_smoothing, ignore_index].every(isPlain);
    }),
  },
  {
    reason: "optimizers other than SGD, momentum and Adam are not built yet",
    applies: ofKind("optim", ({ optimizer }) => !builtOptimizers.includes(optimizer as string)),
  },
  {
    reason: "dampening and AMSGrad are not built yet",
    applies: ofKind("optim", ({ dampening, amsgrad }) => ![dampening, amsgrad].every(isPlain)),
  },
  {
    reason: "clipping by value or by a norm other than the Euclidean is not built yet",
    applies: ofKind("optim", ({ clip_kind, norm_type }) => {
      return clip_kind === "value" || (clip_kind === "norm" && norm_type !== 2);
    }),
  },
  {
    reason: "a momentum that changes from step to step (one-cycle schedule) is not built yet",
    applies: ofKind("optim", ({ schedule }) => schedule === "one_cycle"),
  },
  {
    reason: "training with optimizers other than SGD, momentum and Adam is not built yet",
    applies: ofKind("train", ({ optimizer }) => !builtOptimizers.includes((optimizer as { name: string }).name)),
  },
  {
    reason: "truncated BPTT is not built yet",
    applies: ofKind("train", ({ k1, k2 }) => k1 !== undefined || k2 !== undefined),
  },
  {
    reason: "encoder and decoder with embeddings are not built yet",
    applies: ofKind("train", ({ embed }) => embed !== undefined),
  },
  {
    reason: "training of classifiers (bidirectional layers, binary cross entropy) is not built yet",
    applies: ofKind("train", ({ k, vocab }) => k === undefined && vocab === undefined),
  },
  { reason: "learning rate schedules are not built yet", applies: isKind("schedule") },
  { reason: "Keras models are not read yet", applies: isKind("keras_models") },
  { reason: "ONNX files are not read yet", applies: isKind("torch_onnx") },
];

/** The rule that sets a case aside, if there is one. */
export function ruleFor(entry: CaseEntry): Rule | undefined {
  return rules.find(({ applies }) => applies(entry));
}
