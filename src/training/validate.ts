import type { Dataset } from "../data/dataset.js";
import type { Course } from "./course.js";
import { measure } from "./evaluate.js";
import { Meter } from "./metric.js";
import { Objective } from "./objective.js";
import { forwardWork } from "./work.js";

/** The loss of a course's validation data, with the weights as they are: a batch at every step, whose work the course shows. */
export function* validate(course: Course, validation: Dataset): Generator<undefined, number> {
  const { settings, interior } = course;
  const meter = new Meter(settings.metrics, interior.output, settings.loss);
  const measuring = measure(new Objective(interior, validation, settings.loss), undefined, meter);
  let step = measuring.next();
  for (; !step.done; step = measuring.next()) {
    course.work = forwardWork(course.cost, step.value);
    yield;
  }
  course.metrics = meter.values;
  course.standing.validationLosses.push(step.value);
  return step.value;
}
