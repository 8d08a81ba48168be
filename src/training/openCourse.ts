import type { Data, Dataset } from "../data/dataset.js";
import { perStep } from "../data/sequences.js";
import { ShapeError, StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireCarriable } from "./carriedState.js";
import { Course } from "./course.js";
import { type CourseSettings, splitData } from "./courseSettings.js";
import { objectiveFor, requireFit } from "./learner.js";

/**
 * The course of a training that has not begun.
 * @throws ArgumentError, ShapeError when settings, data and model do not fit; StateError when the model is being trained
 */
export function openCourse(model: Model, data: Data | Dataset, settings: CourseSettings): Course {
  const [examples, validation] = splitData(data, settings.validation);
  if (validation !== undefined) {
    // Refused before the training, not after its first epoch.
    const [wanted, came] = [perStep(examples.input).width, perStep(validation.input).width];
    if (wanted !== came)
      throw new ShapeError(`validation data must have ${wanted} features a step like the data, received ${came}.`);
    requireFit(model, validation, settings.loss);
  }
  if (settings.carryState) requireCarriable(model.specification, examples);
  settings.truncate?.require(model, examples, settings.loss);
  const objective = objectiveFor(model, examples, settings.loss);
  requireIdle(objective.interior);
  return new Course(model, objective, validation, settings);
}

/** @throws StateError when somebody is training the model */
function requireIdle(interior: Interior): void {
  if (interior.isBusy)
    throw new StateError("this model is already being trained. Wait for the first fit or run, or abort it.");
}

/**
 * Lets a model belong to one training, whose gradients do not mix with others: they are cleared before and after.
 * @returns ends that
 * @throws StateError when somebody is training the model
 */
export function occupy(interior: Interior): () => void {
  requireIdle(interior);
  interior.isBusy = true;
  interior.parameters.clearGradients();
  return () => {
    interior.isBusy = false;
    interior.parameters.clearGradients();
  };
}
