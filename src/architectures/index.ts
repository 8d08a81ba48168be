import type { LayerDefinition } from "../layers/layer.js";
import { encoderDecoderDefinition } from "./encoderDecoder.js";
import { manyToManyDefinition } from "./manyToMany.js";
import { manyToOneDefinition } from "./manyToOne.js";
import { oneToManyDefinition } from "./oneToMany.js";
import { oneToOneDefinition } from "./oneToOne.js";

/** Every architecture by its type, for reading specifications from files. */
export const architectures = {
  encoderDecoder: () => encoderDecoderDefinition,
  manyToMany: () => manyToManyDefinition,
  manyToOne: () => manyToOneDefinition,
  oneToMany: () => oneToManyDefinition,
  oneToOne: () => oneToOneDefinition,
} as const satisfies Record<string, () => LayerDefinition>;
