/** Weights from PyTorch and back: a file written by Python gives the predictions recorded there, trains on, and goes home. */
import { readFileSync } from "node:fs";
import {
  backpropagate,
  dense,
  exportWeights,
  importWeights,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  Optimizer,
  readSafetensors,
  sequential,
  sgd,
  writeSafetensors,
} from "recurve";

const file = (name: string) => readFileSync(new URL(`data/pytorch/${name}`, import.meta.url));
const { tensors } = readSafetensors(file("model.safetensors"));
for (const [name, { shape }] of tensors) console.log(`${name} [${shape.join(", ")}]`);

// The layers bear the names of the Python module's, so each tensor finds its place; every mismatch would be named at once.
const model = new Model(sequential(lstm(16, { name: "rnn" }), lastStep(), dense(1, { name: "head" })), {
  inputSize: 8,
});
importWeights(model, tensors, { from: "pytorch" });

const recorded: { input: number[][]; output: number } = JSON.parse(file("recorded.json").toString());
const [predicted = 0] = model.predict(recorded.input).data;
console.log(`PyTorch predicted ${recorded.output.toFixed(6)}, this model predicts ${predicted.toFixed(6)}`);

// It can be trained here, and read there: torch.load_state_dict(safetensors.torch.load_file("model.safetensors")).
const optimizer = new Optimizer(model, sgd({ learningRate: 0.1 }));
const loss = backpropagate(model, { input: [recorded.input], target: [[0]] }, meanSquaredError);
optimizer.update();
const bytes = writeSafetensors(exportWeights(model, { to: "pytorch" }));
const names = [...readSafetensors(bytes).tensors.keys()];
console.log(`after an update at a loss of ${loss.toFixed(4)}: ${bytes.length} bytes, ${names.join(" ")}`);
