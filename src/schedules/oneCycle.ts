import { ArgumentError } from "../errors.js";
import { requireBelowOne, requireFlag, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import { cosineBetween, lineBetween } from "./anneal.js";
import { defineSchedule, type Schedule } from "./schedule.js";
import { requireEach, requireSteps, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** Options of the one-cycle policy. */
export interface OneCycleOptions extends SteppedOptions {
  /** Steps of the whole training. */
  readonly steps: number;
  /** Share of the steps in which the rate rises; default 0.3. */
  readonly rise?: number;
  /** Along what the numbers go; default "cosine". */
  readonly shape?: "cosine" | "linear";
  /** It begins at this part of the highest rate; default 25. */
  readonly startDivisor?: number;
  /** It ends at this part of the rate it began with; default 10 000. */
  readonly endDivisor?: number;
  /** Whether it falls as long as it rose, and from there on to the end; default false, one fall to the end. */
  readonly threePhases?: boolean;
  /** Whether the momentum, or β₁, goes the other way; default true. */
  readonly cyclesMomentum?: boolean;
  /** Momentum where the rate is highest; default 0.85. */
  readonly leastMomentum?: number;
  /** Momentum at the beginning and at the end; default 0.95. */
  readonly mostMomentum?: number;
}

/** One stretch of the cycle: the step that it ends with, and the values it goes between. */
interface Phase {
  readonly end: number;
  /** In parts of the highest rate. */
  readonly rate: readonly [from: number, to: number];
  readonly momentum: readonly [from: number, to: number];
}

/**
 * The one-cycle policy (Smith & Topin 2018; PyTorch's OneCycleLR): the rate rises to its highest, the optimizer's learning
 * rate, and falls far below where it began, the momentum going the other way. Beyond its steps it stays at its end.
 *   base / startDivisor → base → base / (startDivisor · endDivisor)      momentum: most → least → most
 *
 * @example
 * const schedule = oneCycle({ steps: 500 });
 * await fit(model, data, { loss: crossEntropy, optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }), schedule, epochs: 5 });
 * @throws ArgumentError when an option is unknown or out of range, or a phase would have no step
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const given = checked(options);
  const { each, shape, cyclesMomentum } = given;
  const phases = phasesOf(given);
  const between = shape === "cosine" ? cosineBetween : lineBetween;
  const along = (done: number, what: "rate" | "momentum") => {
    const index = phases.findIndex(({ end }) => done <= end);
    // Beyond the last phase, its end.
    const { end, [what]: values } = phases.at(index) as Phase;
    const start = index === 0 ? 0 : (phases.at(index - 1) as Phase).end;
    return index < 0 ? values[1] : between(values[0], values[1], (done - start) / (end - start));
  };
  return defineSchedule({
    name: "oneCycle",
    options: given,
    rate: (update, base, at) => base * along(stepsDone(each, update, at), "rate"),
    ...(cyclesMomentum && { momentum: (update, at) => along(stepsDone(each, update, at), "momentum") }),
  });
}

const OPTIONS = [
  ...["steps", "rise", "shape", "startDivisor", "endDivisor", "threePhases"],
  ...["cyclesMomentum", "leastMomentum", "mostMomentum", "each"],
];

/** The options with every default in its place. */
function checked(options: OneCycleOptions) {
  requireKnownOptions("oneCycle", options, OPTIONS);
  const { threePhases = false, cyclesMomentum = true } = options;
  const shape = requireOneOf("shape of oneCycle", options.shape ?? "cosine", ["cosine", "linear"]);
  requireFlag("threePhases of oneCycle", threePhases);
  requireFlag("cyclesMomentum of oneCycle", cyclesMomentum);
  const steps = requireSteps("steps of oneCycle", options.steps);
  const rise = requireNumber("rise of oneCycle", options.rise ?? 0.3, 0, 1);
  const [least, most] = [momentum("leastMomentum", options, 0.85), momentum("mostMomentum", options, 0.95)];
  if (least > most)
    throw new ArgumentError(`leastMomentum of oneCycle must not be above mostMomentum, received ${least} and ${most}.`);
  return {
    ...{ steps, rise, shape, threePhases, cyclesMomentum, leastMomentum: least, mostMomentum: most },
    startDivisor: requireNumber("startDivisor of oneCycle", options.startDivisor ?? 25, 1),
    endDivisor: requireNumber("endDivisor of oneCycle", options.endDivisor ?? 1e4, 1),
    each: requireEach("oneCycle", options.each),
  };
}

function momentum(name: "leastMomentum" | "mostMomentum", options: OneCycleOptions, otherwise: number): number {
  return requireBelowOne(`${name} of oneCycle`, options[name] ?? otherwise, "nothing would ever fade");
}

/** @throws ArgumentError when a phase would have no step */
function phasesOf(given: ReturnType<typeof checked>): readonly Phase[] {
  const { steps, rise, threePhases, startDivisor, endDivisor, leastMomentum: least, mostMomentum: most } = given;
  const low = 1 / startDivisor;
  const up: Phase = { end: rise * steps - 1, rate: [low, 1], momentum: [most, least] };
  const down: Phase = { end: 2 * rise * steps - 2, rate: [1, low], momentum: [least, most] };
  const out: Phase = threePhases
    ? { end: steps - 1, rate: [low, low / endDivisor], momentum: [most, most] }
    : { end: steps - 1, rate: [1, low / endDivisor], momentum: [least, most] };
  const phases = threePhases ? [up, down, out] : [up, out];
  if (phases.every(({ end }, index) => end > (phases[index - 1]?.end ?? 0))) return phases;
  throw new ArgumentError(
    `oneCycle of ${steps} steps has no step for one of its phases where the rate rises in a share of ${rise}. Give more steps or another rise.`,
  );
}
