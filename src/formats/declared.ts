import { kernelLayers } from "./columns.js";
import type { Dialect } from "./dialect.js";
import { moduleOf } from "./keras.js";
import { fullLayout, orderProblem, type WeightLayout } from "./layout.js";

/** The parts of a layer and what they are called elsewhere. */
const PARTS: readonly (readonly [part: string, names: RegExp])[] = [
  ["recurrent_kernel", /^(?:recurrent_(?:kernel|weights?)|weights?_hh|w_?hh)$/i],
  ["kernel", /^(?:(?:input_)?kernel|weights?|weights?_ih|w|w_?[ix]h)$/i],
  ["recurrent_bias", /^(?:recurrent_bias(?:es)?|bias_hh|b_?hh)$/i],
  ["embeddings", /^embeddings?$/i],
  ["bias", /^(?:input_)?(?:bias(?:es)?|bias_ih|b|b_?[ix]h)$/i],
];

/** What a layout declares: the tensors of Keras by many names, in any order of gates. */
export function declared(given: WeightLayout): Dialect {
  const layout = fullLayout(given);
  return {
    title: `layout ${layout.gates.join("")}`,
    parse(name) {
      const [, plain = name, index, reverse] = /^(.*?)(?:_l(\d+))?(_reverse)?(?::\d+)?$/.exec(name) ?? [];
      for (const [part, names] of PARTS) {
        for (const [, before = "", last] of cuts(plain)) {
          if (!names.test(last as string)) continue;
          const { module, isReverse } = moduleOf(before);
          return { module, index: Number(index ?? 0), isReverse: isReverse || reverse !== undefined, part };
        }
      }
      return undefined;
    },
    nameOf({ module, isReverse, part }) {
      return [...module.split(".").filter((segment) => segment !== ""), ...(isReverse ? ["backward"] : []), part].join(
        "/",
      );
    },
    ...kernelLayers({
      ...layout,
      order({ cell }) {
        const problem = orderProblem(layout.gates, cell);
        return problem === undefined ? layout.gates : { problem: `cannot be read: ${problem}` };
      },
    }),
  };
}

/** A name cut in two at each separator, the longest ending first: `rnn_1_recurrent_kernel`. */
function cuts(name: string): string[][] {
  const found = [["", "", name]];
  for (let at = 0; at < name.length; at++) {
    if (/[/._]/.test(name[at] as string)) found.push(["", name.slice(0, at), name.slice(at + 1)]);
  }
  return found;
}
