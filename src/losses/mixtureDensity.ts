import { log } from "../tensor/float64.js";
import { joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { countRows } from "./elementwise.js";
import { defineLoss, type Loss, requireLossOptions } from "./loss.js";
import { type MixtureOptions, mixtureOf, mixtureOptionNames, mixtureSize } from "./mixtureParts.js";
import { valueTargets } from "./valueTargets.js";

/**
 * Negative log-likelihood of targets under a mixture of Gaussians that the network tells (Bishop 1994): for answers of which
 * there may be several, between which a mean would be none. For n values of the target an output row holds, K components each:
 *   [K] logits of the weights   [K·n] means, component by component   [K·n] s = ln σ
 *   [K] r where `correlated`, ρ = tanh r (Graves 2013)                [C] logits of the `categories`
 *   l = −ln Σ_k π_k Π_i N(t_i; μ_ki, σ_ki) − Σ_c t_c ln p_c          L = Σ_rows l / rows
 * A target row holds the n values and then the probabilities of the categories, of which one is 1. The loss is the density's:
 * it may be negative. The gradient by s passes the bound `epsilon` unchanged. `sampleMixture` draws from what it has learnt.
 *
 * @example
 * const model = new Model(sequential(lstm(32), dense(5 * (1 + 2))));     // five Gaussians over one value
 * await fit(model, { input: sequences, target: values }, { loss: mixtureDensity({ components: 5 }) });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function mixtureDensity(options: MixtureOptions): Loss {
  requireLossOptions("mixtureDensity", options, mixtureOptionNames);
  const mixture = mixtureOf("mixtureDensity", options);
  const { components, correlated, categories, epsilon } = mixture;
  const sizeOf = (width: number) => mixtureSize("mixtureDensity", mixture, width);
  return defineLoss({
    name: "mixtureDensity",
    options: mixture,
    targets: [valueTargets],
    leastWidth: 3 * components + categories,
    targetWidth: (width) => sizeOf(width) + categories,
    count: (_target, { rows }, weights) => countRows(rows, weights),
    evaluate({ address, stride, layout, width }, target, gradient, weights) {
      return joined(parts.mixtureDensity).mixtureDensity(
        gradient.address,
        gradient.stride,
        address,
        stride,
        target.address,
        target.stride,
        weights,
        layout.rows,
        components,
        sizeOf(width),
        correlated ? 1 : 0,
        categories,
        log(epsilon) / 2,
        countRows(layout.rows, weights),
      );
    },
  });
}
