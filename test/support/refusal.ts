import { expect } from "vitest";
import { type Model, memoryUsage } from "../../src/index.js";
import { interiorOf } from "../../src/models/interior.js";

type ErrorClass = abstract new (message: string) => Error;

/** Everything of a model that a refused call must leave alone, bit for bit. */
export function stateOf(model: Model) {
  const bits = (values: Float32Array) => Array.from(new Int32Array(values.slice().buffer));
  return {
    parameters: model.parameters.map(({ name, read }) => [name, bits(read().data)]),
    gradients: model.parameters.map(({ name, gradient }) => [name, bits(gradient().data)]),
    frozen: model.parameters.map(({ isFrozen }) => isFrozen),
    version: interiorOf(model).parameters.version,
    isBusy: interiorOf(model).isBusy,
    memory: memoryUsage().used,
  };
}

/** Expects a call to be refused by an error of that class, whose message holds each of the texts. */
export function expectRefusal(act: () => unknown, kind: ErrorClass, ...texts: string[]): void {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  expectError(caught, kind, texts);
}

/** The same of a promise. */
export async function expectRejection(
  act: () => Promise<unknown>,
  kind: ErrorClass,
  ...texts: string[]
): Promise<void> {
  let caught: unknown;
  try {
    await act();
  } catch (error) {
    caught = error;
  }
  expectError(caught, kind, texts);
}

/** Expects the call to be refused and to leave the model as it was. */
export function expectUntouched(model: Model, act: () => unknown, kind: ErrorClass, ...texts: string[]): void {
  const before = stateOf(model);
  expectRefusal(act, kind, ...texts);
  expect(stateOf(model)).toEqual(before);
}

function expectError(caught: unknown, kind: ErrorClass, texts: readonly string[]): void {
  expect(caught, "nothing was refused").toBeDefined();
  const error = caught as Error;
  // The text too, so that a failure shows what came.
  expect(`${error.name}: ${error.message}`).toMatch(new RegExp(`^${kind.name}: `));
  expect(error).toBeInstanceOf(kind);
  for (const text of texts) expect(error.message).toContain(text);
}
