import type { Dataset } from "../data/dataset.js";
import type { KeepGates } from "../layers/keptGates.js";
import type { BoundTarget } from "../losses/targetKind.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import { asRead, planFor, type Readable } from "../models/planFor.js";
import type { AnyLoss } from "./lossFunction.js";
import { type Judged, type LossRoom, roomOf } from "./lossRoom.js";
import { bindTarget } from "./target.js";

/**
 * What a network is to make small: a loss on examples, bound to them and to the network once, so that a batch is nothing but
 * the numbers of its examples.
 */
export class Objective {
  readonly interior: Interior;
  readonly data: Dataset;
  readonly #loss: AnyLoss;
  readonly #target: BoundTarget;
  readonly #input: Readable;
  /** The plan that was judged last, and its room. */
  #judged: Judged | undefined;
  #room: LossRoom | undefined;

  /** @throws ArgumentError, ShapeError when data, model and loss do not fit */
  constructor(interior: Interior, data: Dataset, loss: AnyLoss) {
    this.interior = interior;
    this.data = data;
    this.#loss = loss;
    this.#target = bindTarget(data, interior.output, loss);
    this.#input = asRead(interior, data);
  }

  /** The plan for some examples, laid out and filled; `run.begin()` done, the states as given, learned or 0. */
  prepare(examples: Int32Array, training: boolean, keepGates?: KeepGates): Plan {
    const wanted = this.interior.output.hasOwnSteps ? this.#target.rows : undefined;
    return planFor(this.interior, this.#input, examples, training, keepGates, wanted);
  }

  /** The loss of a plan's output for its examples; its gradient rows are written where the plan has any. */
  loss(plan: Judged, examples: Int32Array): number {
    if (plan !== this.#judged) {
      this.#judged = plan;
      this.#room = roomOf(plan);
    }
    return (this.#room as LossRoom).loss(this.interior, this.#loss, this.#target, examples);
  }

  /** What the rows of the last loss counted for in its mean: their number, or the sum of their weights. */
  get count(): number {
    return this.#room?.count ?? 0;
  }
}
