import { requireKnownOptions } from "../shape.js";
import { defineSchedule } from "./defineSchedule.js";
import type { Schedule } from "./schedule.js";
import { requireEach, type SteppedOptions, stepsDone } from "./scheduleOptions.js";

/** What reads a number, or its default where it is undefined. @throws ArgumentError, with the title, when it is out of range */
type Read = (title: string, value: unknown) => number;

/**
 * A schedule whose rate depends on nothing but the steps that are done.
 * @param own how each of its numbers is read; beside them it has `each`
 * @param rate from those numbers, the optimizer's rate and the steps that are done
 * @throws ArgumentError when an option is unknown or out of range
 */
export function steppedSchedule<Name extends string>(
  name: string,
  options: SteppedOptions & { readonly [name in NoInfer<Name>]?: unknown },
  own: { readonly [name in Name]: Read },
  rate: (numbers: { readonly [name in Name]: number }, base: number, done: number) => number,
): Schedule {
  const known = Object.keys(own) as Name[];
  requireKnownOptions(name, options, [...known, "each"]);
  const read = known.map((option) => [option, own[option](`${option} of ${name}`, options[option])]);
  const numbers = Object.fromEntries(read) as { readonly [name in Name]: number };
  const each = requireEach(name, options.each);
  return defineSchedule({
    name,
    options: { ...numbers, each },
    rate: (update, base, at) => rate(numbers, base, stepsDone(each, update, at)),
  });
}
