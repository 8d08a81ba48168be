/** Looks inside: how far back in time does a network's error reach? */
import { dense, elman, gradientFlow, lastStep, lstm, Model, meanSquaredError, sequential } from "recurve";

const time = 40;
const batch = {
  input: Array.from({ length: 8 }, (_, index) =>
    Array.from({ length: time }, (_, step) => [Math.sin(index + step / 3)]),
  ),
  target: Array.from({ length: 8 }, (_, index) => [Math.sin(index + time / 3)]),
};

for (const layer of [elman(16, { recurrentInitializer: "glorot" }), lstm(16)]) {
  const model = new Model(sequential(layer, lastStep(), dense(1)), { seed: 1 });
  const flow = gradientFlow(model, batch, meanSquaredError);
  console.log(`${layer.config.cell}: ${flow.verdict}`);
  for (const lag of [0, 10, 20, 39]) console.log(`  lag ${lag}: ${flow.byLag[lag]?.toExponential(1)}`);
}
