import { StateError } from "../errors.js";
import type { AnswerRows } from "../layers/answering.js";
import type { Planner } from "../layers/layer.js";

/** @throws StateError when a plan was made without room for answers */
export function requireAnswers(planner: Planner): AnswerRows {
  if (planner.answers !== undefined) return planner.answers;
  throw new StateError("this network answers at steps of its own: its plan needs room for the answers.");
}
