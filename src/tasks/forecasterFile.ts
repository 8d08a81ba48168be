import { FormatError } from "../errors.js";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.js";
import { interiorOf } from "../models/interior.js";
import { readContent, restoreModel } from "../models/loadModel.js";
import { FORMAT, type Model } from "../models/model.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ForecasterSettings } from "./forecasterOptions.js";
import { Intervals } from "./intervals.js";
import { type Knowledge, requireKnowledge } from "./knowledge.js";
import { Networks } from "./networks.js";
import type { Trained } from "./trainForecaster.js";
import { outputsOf } from "./trainNetworks.js";
import { SeriesTransform } from "./transform.js";

/** A file's content: what was learnt, and the networks' specifications. */
type Content = Knowledge & { readonly network: unknown; readonly intervalNetwork?: unknown };

/** Before the names of a network's tensors in a file, and its number. */
const NETWORK = "network";
const INTERVAL = "interval";

/** See `Forecaster.save`. */
export function writeForecaster({ knowledge, networks, intervals }: Trained): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, Tensor>();
  const others = intervals?.quantiles?.networks;
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
      requireOutputs(models[index], outputs);
    }
    if ([...tensors.keys()].some((name) => name.startsWith(`${kind}${networks}.`)))
      throw new FormatError(`forecaster file: it holds more networks than the ${networks} of its settings.`);
    return new Networks(models, lookback, outputs);
  } catch (error) {
    for (const model of models) model.dispose();
    throw error;
  }
}

/** @throws FormatError when a network does not tell of a lookback what the settings need */
function requireOutputs(model: Model, outputs: number): void {
  const { width, each, reads } = interiorOf(model).output;
  if (width === outputs && each === "sequence" && reads === undefined) return;
  throw new FormatError(
    `forecaster file: its settings need networks that tell ${outputs} values, its networks tell ${width}.`,
  );
}

function restoreIntervals(tensors: ReadonlyMap<string, Tensor>, content: Content): Intervals | undefined {
  if (content.intervals === undefined) return undefined;
  const { settings } = content;
  const { quantiles } = content.intervals;
  const margins = Float64Array.from(content.intervals.margins);
  if (quantiles === undefined) return new Intervals(settings, margins);
  const own = { ...settings, lookback: quantiles.lookback };
  const transform = SeriesTransform.fromJSON(quantiles.transform);
  const networks = restore(tensors, INTERVAL, content.intervalNetwork, own, 2 * settings.horizon);
  return new Intervals(settings, margins, { settings: own, transform, networks });
}
