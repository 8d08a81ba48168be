import { ArgumentError, ShapeError } from "../errors.js";
import { requireFlag, requireInteger, requireNumber } from "../shape.js";

/** What a mixture is made of. */
export interface MixtureOptions {
  /** Gaussians in the mixture, K. */
  readonly components: number;
  /** Whether the two values of a target are correlated within a component; needs targets of two values. Default false. */
  readonly correlated?: boolean;
  /** Of how many categories one is told beside the values, as whether a pen is down; 0 or 2 and more. Default 0. */
  readonly categories?: number;
  /** The least variance of a component, above 0: a component that met one target exactly would make it infinitely likely. Default 1e-6. */
  readonly epsilon?: number;
}

/** Names of these options. */
export const mixtureOptionNames = ["components", "correlated", "categories", "epsilon"] as const;

/** The same with defaults filled in. */
export type Mixture = Required<MixtureOptions>;

/** @throws ArgumentError when an option is out of range */
export function mixtureOf(owner: string, options: MixtureOptions): Mixture {
  const { correlated = false, epsilon = 1e-6, categories = 0 } = options;
  const components = requireInteger(`components of ${owner}`, options.components);
  requireFlag(`correlated of ${owner}`, correlated);
  requireInteger(`categories of ${owner}`, categories, 0);
  if (categories === 1)
    throw new ArgumentError(`categories of ${owner} must be 0 or at least 2, received 1: there is nothing to choose.`);
  requireNumber(`epsilon of ${owner}`, epsilon, Number.MIN_VALUE);
  return Object.freeze({ components, correlated, categories, epsilon });
}

/**
 * Values D of a target that an output row tells the mixture of: K (1 + 2 D) outputs, K more for correlations, C for categories.
 * @throws ShapeError when the outputs are not as many
 */
export function mixtureSize(owner: string, { components, correlated, categories }: Mixture, width: number): number {
  const size = correlated ? 2 : ((width - categories) / components - 1) / 2;
  const wanted = components * (1 + 2 * size + (correlated ? 1 : 0)) + categories;
  if (Number.isInteger(size) && size > 0 && wanted === width) return size;
  const form = correlated ? `${wanted}` : `${components} (1 + 2 n)${categories > 0 ? ` + ${categories}` : ""}`;
  throw new ShapeError(
    `${owner} of ${components} components needs ${form} outputs${correlated ? "" : " for n values of the target"}, received ${width}.`,
  );
}
