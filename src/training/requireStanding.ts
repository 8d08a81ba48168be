import { FormatError } from "../errors.js";
import { clipKinds } from "./clip.js";
import type { TrainerContent } from "./saveCourse.js";

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive = (value: unknown): boolean => isNumber(value) && (value as number) > 0;
const isSize = (value: unknown): boolean => isCount(value) && (value as number) > 0;
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const isText = (value: unknown): boolean => typeof value === "string";
const isNumberOrText = (value: unknown): boolean => isNumber(value) || isText(value);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const isListOf = (fits: (value: unknown) => boolean, value: unknown): boolean =>
  Array.isArray(value) && value.every(fits);
const isNullOr = (fits: (value: unknown) => boolean, value: unknown): boolean => value === null || fits(value);
const isDescribed = (value: unknown): boolean =>
  isObject(value) && isText((value as { name: unknown }).name) && isObject((value as { options: unknown }).options);
const isScheduled = (value: unknown): boolean =>
  isDescribed(value) && isListOf(isNumber, (value as { numbers: unknown }).numbers);
const isClipped = (settings: Readonly<Record<string, unknown>>): boolean => {
  const given = clipKinds.map(({ option }) => settings[option]).filter((most) => most !== undefined);
  return given.length === 1 && (settings.clipNorm === null || isPositive(given[0]));
};
const isTruncation = (value: unknown): boolean => {
  const { every, window } = (value ?? {}) as { every?: unknown; window?: unknown };
  return isSize(every) && isSize(window) && (window as number) >= (every as number);
};
const isRate = (value: unknown): boolean =>
  Array.isArray(value) &&
  isText(value[0]) &&
  value.length === 3 &&
  [value[1], value[2]].every((one) => one === 0 || isPositive(one));
const isWindow = (value: unknown): boolean =>
  isObject(value) && isSize((value as { steps: unknown }).steps) && isCount((value as { draws: unknown }).draws);

/** What each field of a trainer's file must be; options and network are checked by those who read them. */
const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  inputSize: isSize,
  seed: isCount,
  draws: isCount,
  frozen: (value) => isListOf(isText, value),
  rates: (value) => isListOf(isRate, value),
  loss: (value) => isNullOr(isDescribed, value),
  optimizer: isDescribed,
  "optimizer.updates": isCount,
  "optimizer.numbers": (value) => isListOf(isNumber, value),
  schedule: (value) => isNullOr(isScheduled, value),
  averaging: (value) => isNullOr(isDescribed, value),
  settings: (value) => isObject(value) && isClipped(value as Readonly<Record<string, unknown>>),
  "settings.epochs": (value) => isNullOr(isSize, value),
  "settings.batchSize": isSize,
  "settings.accumulate": isSize,
  "settings.shuffle": isFlag,
  "settings.seed": isCount,
  "settings.carryState": isFlag,
  "settings.truncate": (value) => isNullOr(isTruncation, value),
  "settings.patience": (value) => isNullOr(isSize, value),
  "settings.leastImprovement": (value) => value === 0 || isPositive(value),
  data: isText,
  validation: (value) => isNullOr(isNumberOrText, value),
  standing: isObject,
  "standing.seen": isCount,
  "standing.sum": isNumber,
  "standing.losses": (value) => isListOf(isNumber, value),
  "standing.validationLosses": (value) => isListOf(isNumberOrText, value),
  "standing.gradientNorm": isNumber,
  "standing.loss": isNumber,
  "standing.learningRate": isNumber,
  "standing.stopped": (value) => value === null || value === "finished" || value === "patience",
  window: (value) => isNullOr(isWindow, value),
  stopping: isObject,
  "stopping.least": (value) => isNullOr(isNumber, value),
  "stopping.mark": (value) => isNullOr(isNumber, value),
  "stopping.since": isCount,
  extras: isObject,
};

/** @throws FormatError when a field is missing or senseless */
export function requireStanding(content: TrainerContent): void {
  for (const [path, fits] of Object.entries(fields)) {
    const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], content);
    if (!fits(value)) throw new FormatError(`trainer file: its "${path}" is damaged or missing.`);
  }
}
