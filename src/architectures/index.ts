import type { LayerDefinition } from "../layers/layer.js";
import { manyToOneDefinition } from "./manyToOne.js";

/** Every architecture by its type, for reading specifications from files. */
export const architectures = {
  manyToOne: () => manyToOneDefinition,
} as const satisfies Record<string, () => LayerDefinition>;
