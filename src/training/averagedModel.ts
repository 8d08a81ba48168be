import { StateError } from "../errors.js";
import { VALUES } from "../models/interior.js";
import { Model, type ModelOptions } from "../models/model.js";
import type { Course } from "./course.js";
import { requireBetween } from "./saveCourse.js";

/** A model of its own with a course's averaged weights. @throws StateError when there are none, or in the middle of an update */
export function averagedModel(course: Course): Model {
  const { interior, average } = course;
  if (average === undefined)
    throw new StateError("this training averages nothing: begin it with { averaging: ema() }.");
  requireBetween(course);
  const { parameters, layer, inputSize, draws } = interior;
  const values = new Map(parameters.entries.map((entry) => [entry.name, parameters.copy(entry, average.address)]));
  return new Model(layer, { inputSize, seed: draws.seed, [VALUES]: values } as ModelOptions);
}
