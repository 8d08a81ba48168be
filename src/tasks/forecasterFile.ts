import { readSafetensors, writeSafetensors } from "../formats/safetensors.js";
import { readContent, restoreModel } from "../models/loadModel.js";
import { FORMAT, type Model } from "../models/model.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ForecasterSettings } from "./forecasterOptions.js";
import { usesQuantiles } from "./intervalOptions.js";
import { Intervals } from "./intervals.js";
import { type Knowledge, requireKnowledge } from "./knowledge.js";
import { Networks } from "./networks.js";
import { outputsOf, type Trained } from "./trainForecaster.js";
import { SeriesTransform } from "./transform.js";

/** A file's content: what was learnt, and the networks' specifications. */
type Content = Knowledge & { readonly network: unknown; readonly intervalNetwork?: unknown };

/** Before the names of a network's tensors in a file, and its number. */
const NETWORK = "network";
const INTERVAL = "interval";

/** See `Forecaster.save`. */
export function writeForecaster({ knowledge, networks, intervals }: Trained): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  const others = intervals?.teller.networks;
  collect(tensors, NETWORK, networks);
  if (others) collect(tensors, INTERVAL, others);
  const content = {
    ...{ format: FORMAT, kind: "forecaster", network: networks.models[0].specification },
    ...(others && { intervalNetwork: others.models[0].specification }),
    ...knowledge,
  };
  return writeSafetensors(tensors, { recurve: JSON.stringify(content) });
}

/** See `Forecaster.load`. */
export function readForecaster(bytes: Uint8Array | ArrayBuffer): Trained {
  const { tensors, metadata } = readSafetensors(bytes, "forecaster file");
  const content = readContent(metadata.recurve, "forecaster") as Content;
  const knowledge = requireKnowledge(content);
  const { settings } = knowledge;
  const networks = restore(tensors, NETWORK, content.network, settings, outputsOf(settings));
  try {
    return { knowledge, networks, intervals: restoreIntervals(tensors, content) };
  } catch (error) {
    networks.dispose();
    throw error;
  }
}

function collect(tensors: Map<string, Tensor>, kind: string, { models }: Networks): void {
  models.forEach((model, index) => {
    for (const parameter of model.parameters) tensors.set(`${kind}${index}.${parameter.name}`, parameter.read());
  });
}

function restore(
  tensors: ReadonlyMap<string, Tensor>,
  kind: string,
  network: unknown,
  { networks, lookback, seed }: ForecasterSettings,
  outputs: number,
): Networks {
  const models: Model[] = [];
  try {
    for (let index = 0; index < networks; index++) {
      const prefix = `${kind}${index}.`;
      const own = [...tensors].filter(([name]) => name.startsWith(prefix));
      const named = new Map(own.map(([name, values]) => [name.slice(prefix.length), values]));
      models.push(restoreModel(named, network, 1, seed));
    }
    return new Networks(models, lookback, outputs);
  } catch (error) {
    for (const model of models) model.dispose();
    throw error;
  }
}

function restoreIntervals(tensors: ReadonlyMap<string, Tensor>, content: Content): Intervals | undefined {
  if (content.intervals === undefined) return undefined;
  const { lookback, transform, margins } = content.intervals;
  const settings = { ...content.settings, lookback };
  const outputs = usesQuantiles(settings) ? 2 * settings.horizon : outputsOf(settings);
  const networks = restore(tensors, INTERVAL, content.intervalNetwork, settings, outputs);
  return new Intervals(
    { settings, transform: SeriesTransform.fromJSON(transform), networks },
    Float64Array.from(margins),
  );
}
