/** Optimizers and clipping on given gradients. */
import { writeRanges } from "../../src/models/interior.js";
import { optimizers } from "../../src/optimizers/index.js";
import { ParameterBlock } from "../../src/tensor/parameters.js";
import { Tensor } from "../../src/tensor/tensor.js";
import { normOfRanges } from "../../src/training/clipGradients.js";
import { core } from "../../src/wasm/core.js";
import { floats } from "../../src/wasm/memory.js";
import type { Region } from "../../src/wasm/region.js";
import type { Named, OptimizerSpec } from "./subjectContract.js";
import { within } from "./subjectPlan.js";

type F32 = Float32Array;

/** Named values as a parameter block. */
function blockOf(region: Region, values: Named<F32>): ParameterBlock {
  const block = new ParameterBlock(
    Object.entries(values).map(([name, { length }]) => ({ name, shape: [length] })),
    region,
  );
  for (const entry of block.entries) block.write(entry, new Tensor(values[entry.name] as F32, entry.shape));
  return block;
}

function writeGradients(block: ParameterBlock, gradients: Named<F32>): void {
  for (const entry of block.entries) floats.set(gradients[entry.name] as F32, (block.gradients >> 2) + entry.offset);
}

function named(block: ParameterBlock, address: number): Named<F32> {
  return Object.fromEntries(block.entries.map((entry) => [entry.name, block.copy(entry, address).data]));
}

export function runOptimizer(
  spec: OptimizerSpec,
  initial: Named<F32>,
  gradients: readonly Named<F32>[],
): readonly Named<F32>[] {
  const make = optimizers[spec.name as keyof typeof optimizers] as
    | ((options: object) => ReturnType<typeof optimizers.adam>)
    | undefined;
  if (make === undefined) throw new Error(`optimizer ${spec.name} is not built yet`);
  const unknown = Object.keys(spec.schedule ?? {}).filter((name) => name !== "learningRate" && name !== "momentum");
  if (unknown.length > 0) throw new Error(`a schedule of ${unknown} is not built yet`);
  return within((region) => {
    const rule = make(spec.options);
    const block = blockOf(region, initial);
    const { address, count } = writeRanges(block, region, rule.weightDecay);
    const slots = rule.slots.map(() => block.newSlot());
    const blocks = { ranges: address, rangeCount: count, parameters: block.values, gradients: block.gradients, slots };
    const numbers = [...rule.start];
    return gradients.map((gradient, step) => {
      writeGradients(block, gradient);
      const { learningRate, momentum } = spec.schedule ?? {};
      rule.apply(blocks, learningRate?.[step] ?? rule.learningRate, numbers, step + 1, momentum?.[step]);
      return named(block, block.values);
    });
  });
}

export function runClip(
  gradients: Named<F32>,
  options: Readonly<Record<string, unknown>>,
): { norm: number; gradients: Named<F32> } {
  const { norm: most, value, order = 2, ...rest } = options;
  if (Object.keys(rest).length > 0) throw new Error(`clipping by ${Object.keys(rest)} is not built yet`);
  return within((region) => {
    const block = blockOf(region, gradients);
    writeGradients(block, gradients);
    const ranges = writeRanges(block, region, 0);
    const { address, count } = ranges;
    const norm = normOfRanges(ranges, block.gradients, order as number);
    const factor = (most as number) / (norm + 1e-6);
    if (factor < 1) core().scaleRanges(address, count, block.gradients, factor);
    if (value !== undefined) core().clampRanges(address, count, block.gradients, value as number);
    return { norm, gradients: named(block, block.gradients) };
  });
}
