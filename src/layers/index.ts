import type { CellDefinition } from "../cells/cell.js";
import { cells } from "../cells/index.js";
import { FormatError } from "../errors.js";
import { activateDefinition } from "./activate.js";
import { attentionPoolDefinition } from "./attentionPool.js";
import { bidirectionalDefinition } from "./bidirectional.js";
import { columnsDefinition } from "./columns.js";
import { concatenateDefinition } from "./concatenate.js";
import { denseDefinition } from "./dense.js";
import { dropoutDefinition } from "./dropout.js";
import { embeddingDefinition } from "./embedding.js";
import { everyStepDefinition } from "./everyStep.js";
import { finalStateDefinition } from "./finalState.js";
import { lastStepDefinition } from "./lastStep.js";
import type { LayerDefinition } from "./layer.js";
import { layerNormDefinition } from "./layerNorm.js";
import { oneHotDefinition } from "./oneHot.js";
import { maxDefinition, meanDefinition } from "./poolSteps.js";
import { recurrentDefinition } from "./recurrent.js";
import { residualDefinition } from "./residual.js";
import { reverseStepsDefinition } from "./reverseSteps.js";
import { sequentialDefinition } from "./sequential.js";
import { logSoftmaxDefinition, softmaxDefinition } from "./softmax.js";

/** Every kind of layer by its type, for reading specifications from files. A recurrent layer's also depends on its cell. */
export const layers = {
  activate: () => activateDefinition,
  attentionPool: () => attentionPoolDefinition,
  bidirectional: () => bidirectionalDefinition,
  columns: () => columnsDefinition,
  concatenate: () => concatenateDefinition,
  dense: () => denseDefinition,
  dropout: () => dropoutDefinition,
  embedding: () => embeddingDefinition,
  everyStep: () => everyStepDefinition,
  finalState: () => finalStateDefinition,
  lastStep: () => lastStepDefinition,
  layerNorm: () => layerNormDefinition,
  logSoftmax: () => logSoftmaxDefinition,
  max: () => maxDefinition,
  mean: () => meanDefinition,
  oneHot: () => oneHotDefinition,
  recurrent: (config: { readonly cell?: unknown }, own: Readonly<Record<string, CellDefinition>> = {}) => {
    const known: Readonly<Record<string, CellDefinition>> = { ...cells, ...own };
    const name = config.cell;
    if (typeof name !== "string" || !Object.hasOwn(known, name)) {
      throw new FormatError(
        `the file has a layer of an unknown cell ${JSON.stringify(name)}. Known are ${Object.keys(known).join(", ")}.`,
      );
    }
    return recurrentDefinition(known[name] as CellDefinition);
  },
  residual: () => residualDefinition,
  reverseSteps: () => reverseStepsDefinition,
  sequential: () => sequentialDefinition,
  softmax: () => softmaxDefinition,
} as const satisfies Record<string, (config: never) => LayerDefinition>;
