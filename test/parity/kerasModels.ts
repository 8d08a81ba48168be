import { type KerasModel, loadKeras, Tensor } from "../../src/index.js";
import { type Comparison, tensorDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";

/** Kind keras_models: whole models from the files that TensorFlow.js writes, and what they give for their inputs. */
export function attemptKerasModels(reference: ReferenceCase): Comparison[] {
  using model = kerasModel(reference);
  const output = model.predictBatch(...kerasInputs(reference));
  const names = [...reference.tensors.keys()].filter((name) => /^output\.\d+$/.test(name));
  return names.map((name) => {
    const isAlike = name === "output.0" && output.shape.join() === reference.shape(name).join();
    const difference = isAlike ? tensorDifference(output.data, reference.values(name)) : Infinity;
    return { name, difference, allowed: reference.allowed("value") };
  });
}

/** The model of a case, its files in the order of the manifest. */
export function kerasModel(reference: ReferenceCase): KerasModel {
  const bytes = reference.model();
  return loadKeras(bytes, shardsOf(reference, bytes));
}

/** The files of weights that a `model.json` names. */
export function shardsOf(reference: ReferenceCase, topology: Uint8Array): Uint8Array[] {
  const { weightsManifest } = JSON.parse(new TextDecoder().decode(topology)) as {
    readonly weightsManifest: readonly { readonly paths: readonly string[] }[];
  };
  return weightsManifest.flatMap(({ paths }) => paths.map((path) => reference.model(path)));
}

/** `input.0`, `input.1` … */
export function kerasInputs(reference: ReferenceCase): Tensor[] {
  const inputs: Tensor[] = [];
  for (let name = "input.0"; reference.has(name); name = `input.${inputs.length}`)
    inputs.push(new Tensor(Float32Array.from(reference.values(name)), reference.shape(name)));
  return inputs;
}
