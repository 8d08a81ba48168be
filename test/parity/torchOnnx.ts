import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import { runOnnxFile } from "../support/onnxRun.js";
import type { Numbers } from "../support/subjectContract.js";
import { compareTensors, type Engine } from "./engine.js";

/** Kind torch_onnx: files that torch.onnx.export wrote, through `loadOnnx`, and what they give for their inputs. */
export function attemptTorchOnnx<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const asked = new Set<string>();
  const outputs = runOnnxFile(reference.model(), (name) => {
    asked.add(name);
    return reference.tensor(name);
  });
  const produced = Object.fromEntries([...outputs].map(([name, { values }]) => [name, values]));
  // All tensors but the inputs, and what other systems or float64 gave for the same names.
  const expected = [...reference.tensors.keys()].filter((name) => !name.includes(".") && !asked.has(name));
  return compareTensors(reference, engine, expected, produced);
}
