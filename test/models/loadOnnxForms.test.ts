import { describe, expect, test } from "vitest";
import { importWeights, loadModel, loadOnnx, Model, sequential, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import type { Constant } from "../support/onnxWriter.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { branchForms } from "./onnxBranchForms.js";
import { directionForms } from "./onnxDirectionForms.js";
import { fusedForms } from "./onnxFusedForms.js";
import { type Form, numbers } from "./onnxGraphs.js";
import { layerForms } from "./onnxLayerForms.js";
import { stateForms } from "./onnxStateForms.js";
import { stepForms } from "./onnxStepForms.js";

const asTensor = ({ shape, values }: Constant) => new Tensor(values as Float32Array, shape);

/** The weights by the names of the layers: the graph's own W, R and B are those of the recurrent layer, wherever it lies. */
function weightsOf({ graph: { constants }, weights = {} }: Form): Map<string, Tensor> {
  const { W, R, B, fcW, fcB } = constants;
  const own: Readonly<Record<string, Constant>> = { "rnn.W": W, "rnn.R": R, "rnn.B": B, "fc.W": fcW, "fc.B": fcB };
  const isElsewhere = (name: string) => Object.keys(weights).some((other) => other.endsWith(`.${name}`));
  const named = Object.entries({ ...own, ...weights }).filter(([name]) => !isElsewhere(name));
  return new Map(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, asTensor(value)]])));
}

/** Three sequences, of any length that the graph leaves open. */
function inputOf({ graph: { inputs } }: Form): Tensor {
  const [{ axes, type }] = inputs;
  const shape = axes.map((size) => (size === "batch" ? 3 : size === "time" ? 6 : (size as number)));
  const { values } = numbers(20, ...shape);
  return new Tensor(
    type === 7 ? (values as Float32Array).map((_, at) => (at * 5) % 7) : (values as Float32Array),
    shape,
  );
}

const forms = { ...stateForms, ...layerForms, ...branchForms, ...directionForms, ...stepForms, ...fusedForms };

describe.each(Object.entries(forms))("loadOnnx reads %s", (_, form) => {
  const bytes = writeOnnx(form.graph);

  test("as the layers that it is", () => {
    using model = loadOnnx(bytes);
    expect(JSON.stringify(model.specification)).toBe(JSON.stringify(sequential(...form.layers)));
  });

  test("with the weights in their places", () => {
    using model = loadOnnx(bytes);
    const inputSize = form.graph.inputs[0].type === 7 ? 1 : 3;
    using written = new Model(sequential(...form.layers), { inputSize });
    importWeights(written, weightsOf(form), { from: "onnx" });
    const input = inputOf(form);
    expectSameBits(model.predictBatch(input).data, written.predictBatch(input).data, "outputs");
  });

  test("and its model is saved and loaded with the same bits", () => {
    using model = loadOnnx(bytes);
    using again = loadModel(model.save());
    const input = inputOf(form);
    expectSameBits(again.predictBatch(input).data, model.predictBatch(input).data, "outputs");
  });
});
