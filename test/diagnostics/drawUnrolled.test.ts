import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ArgumentError, StateError } from "../../src/errors.js";
import * as library from "../../src/index.js";
import {
  attentionPool,
  bidirectional,
  columns,
  concatenate,
  dense,
  drawUnrolled,
  dropout,
  elman,
  encoderDecoder,
  everyStep,
  finalState,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  manyToMany,
  manyToOne,
  max,
  mean,
  oneToMany,
  oneToOne,
  residual,
  reverseSteps,
  sequential,
  tied,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";
import { boxesOf, isInside, overlaps } from "./svgBoxes.js";

const translator = { cell: "lstm", inputSize: 3, units: 16, outputSize: 4 } as const;
const networks: Readonly<Record<string, Layer>> = {
  "one to one": oneToOne({ inputSize: 3, units: 8, outputSize: 2, activation: "tanh" }),
  "one to many, fed back": oneToMany({ cell: "gru", inputSize: 3, units: 8, outputSize: 3, steps: 4 }),
  "one to many, zeros": oneToMany({ cell: "gru", inputSize: 3, units: 8, outputSize: 3, steps: 4, feedback: "zeros" }),
  "one to many, repeated": oneToMany({
    cell: "gru",
    inputSize: 3,
    units: 8,
    outputSize: 3,
    steps: 4,
    feedback: "repeat",
  }),
  "many to one": manyToOne({ cell: "elman", inputSize: 3, units: 16, outputSize: 1 }),
  "many to one, stacked": manyToOne({ cell: "lstm", inputSize: 3, units: 16, outputSize: 1, layers: 3 }),
  "many to many": manyToMany({ cell: "lstm", inputSize: 3, units: 16, outputSize: 5 }),
  "encoder–decoder": encoderDecoder(translator),
  "encoder–decoder, stacked": encoderDecoder({ ...translator, layers: 2 }),
  "encoder–decoder, a dense bridge from both directions": encoderDecoder({
    ...translator,
    bidirectional: true,
    bridge: "dense",
  }),
  "encoder–decoder with dot attention": encoderDecoder({ ...translator, attention: "dot" }),
  "encoder–decoder with additive attention": encoderDecoder({
    ...translator,
    bidirectional: true,
    attention: "additive",
    dropout: 0.2,
  }),
  bidirectional: sequential(bidirectional(gru(16)), dense(4)),
  "stacked bidirectional": sequential(
    bidirectional(lstm(32)),
    bidirectional(lstm(32), { merge: "sum" }),
    mean(),
    dense(4),
  ),
  "bidirectional stack, its final states": sequential(
    bidirectional(sequential(gru(8), gru(8))),
    finalState(),
    dense(4),
  ),
  "bidirectional at its last step": sequential(bidirectional(gru(8)), lastStep(), dense(4)),
  "a reverse layer": sequential(gru(8, { direction: "reverse" }), finalState(), dense(4)),
  "steps turned round": sequential(gru(8), reverseSteps(), gru(8), dense(4)),
  "an autoencoder": sequential(everyStep(sequential(lstm(16), finalState(), dense(4))), lstm(16), dense(3)),
  "a mean by attention": sequential(bidirectional(lstm(8)), attentionPool(dense(1)), dense(3)),
  "a whole beside its steps": sequential(concatenate(columns(0, 3), everyStep(sequential(gru(8), mean()))), dense(2)),
  "a deep residual stack": sequential(
    lstm(128),
    dropout(0.3),
    residual(lstm(128)),
    residual(sequential(gru(128), dense(128))),
    max(),
    dense(256),
    dense(10),
  ),
  "layers side by side": sequential(concatenate(elman(4), sequential(dense(8), gru(4))), dense(2)),
  "pooled side by side": sequential(gru(4), lastStep(), concatenate(dense(3), dense(5)), dense(2)),
  "a single layer": lstm(8),
  "a stack without a head": sequential(lstm(8), gru(4)),
};

const draw = (layer: Layer, options: library.DrawOptions = {}) =>
  drawUnrolled(new Model(layer, { inputSize: 3 }), options);

describe.each(Object.entries(networks))("%s", (name, layer) => {
  test.each([1, 2, 5])(
    "no node lies on another, no word on a word or a node, nothing beyond the edge: %d steps",
    (steps) => {
      const { nodes, words, width, height } = boxesOf(draw(layer, { steps, title: name }));
      expect(nodes.length).toBeGreaterThan(1);
      expect(overlaps(nodes)).toEqual([]);
      const free = words.filter((word) => !nodes.some((node) => isInside(word, node)));
      expect(overlaps(free)).toEqual([]);
      expect(overlaps(free, nodes)).toEqual([]);
      const page = { what: "page", left: 0, top: 0, right: width, bottom: height };
      expect([...nodes, ...words].filter((box) => !isInside(box, page))).toEqual([]);
    },
  );

  test("each set of weights has a colour, a label and its number of weights", () => {
    const model = new Model(layer, { inputSize: 3 });
    const svg = drawUnrolled(model);
    const labels = [...svg.matchAll(/fill="(#\w{6})" font-weight="600">[^<]*<\/text>/g)].map(
      ([, hue]) => hue as string,
    );
    const hues = labels.filter((hue) => hue !== "#5f6c7b");
    const counts = [...svg.matchAll(/>([\d\u2009]+) weights/g)].map(([, count]) =>
      Number((count as string).replaceAll("\u2009", "")),
    );
    const inBars = [...svg.matchAll(/, ([\d\u2009]+) weights\)/g)].map(([, count]) =>
      Number((count as string).replaceAll("\u2009", "")),
    );
    const total = model.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const bridged = model.parameters.filter(({ name: path }) => path.startsWith("bridge."));
    const bridge = bridged.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    expect([...counts, ...inBars].reduce((sum, count) => sum + count, 0)).toBe(total - bridge);
    expect(hues.length).toBe(counts.length);
    // Eight hues, then they come again.
    expect(new Set(hues).size).toBe(Math.min(8, hues.length));
  });
});

test("layers with one set of weights have one colour, those that share a part of theirs do not", () => {
  const layers = [gru(3, { name: "a" }), tied(gru(3), "a"), tied(gru(3), { bias_ih_l0: "a.bias_ih_l0" }), dense(2)];
  const svg = draw(sequential(...layers));
  const hues = [...svg.matchAll(/fill="(#\w{6})" font-weight="600">([^<]*)<\/text>/g)].map(([, hue, label]) => [
    label,
    hue,
  ]);
  const hueOf = Object.fromEntries(hues);
  expect(hueOf["gru(3), tied to a"]).toBe(hueOf["gru(3)"]);
  expect(new Set(hues.map(([, hue]) => hue)).size).toBe(4);
  const translator = encoderDecoder({ cell: "gru", units: 4, vocabularySize: 6, targetVocabularySize: 6, start: 1 });
  const labels = (layer: Layer) => [
    ...drawUnrolled(new Model(layer)).matchAll(/fill="(#\w{6})" font-weight="600">embedding/g),
  ];
  expect(new Set(labels(translator).map(([, hue]) => hue)).size).toBe(2);
  const shared = tied(translator, { "decoder.embedding.weight": "encoder.embedding.weight" });
  expect(new Set(labels(shared).map(([, hue]) => hue)).size).toBe(1);
});

test("a step more is a column more, and the same model gives the same drawing", () => {
  const nodes = (steps: number) => boxesOf(draw(networks["many to many"] as Layer, { steps })).nodes.length;
  expect([1, 2, 3].map(nodes)).toEqual([3, 6, 9]);
  const model = new Model(networks.bidirectional as Layer, { inputSize: 3 });
  expect(drawUnrolled(model)).toBe(drawUnrolled(model));
});

test("a network without recurrence is the same at every step: one is drawn", () => {
  expect(boxesOf(draw(networks["one to one"] as Layer, { steps: 9 })).nodes).toHaveLength(3);
});

test("steps that change their places go through a bar over all of them", () => {
  const { nodes } = boxesOf(draw(networks["steps turned round"] as Layer, { steps: 4 }));
  const [first] = nodes;
  const wide = nodes.filter(({ left, right }) => right - left > 3 * ((first?.right ?? 0) - (first?.left ?? 0)));
  expect(wide).toHaveLength(1);
});

test("the arrows of a reverse layer run the other way, and its row says so", () => {
  const heads = (svg: string, hue: string) =>
    [...svg.matchAll(/<path d="M([\d. -]+)L([\d. -]+)" fill="none" stroke="(#\w+)"/g)]
      .filter(([, , , stroke]) => stroke === hue)
      .map(([, from, to]) => [Number(from?.split(" ")[0]), Number(to?.split(" ")[0])] as const)
      .filter(([from, to]) => from !== to);
  const blue = library.drawUnrolled(new Model(gru(4), { inputSize: 3 }));
  for (const [from, to] of heads(blue, "#1f6fb2")) expect(to).toBeGreaterThan(from);
  const reverse = draw(networks["a reverse layer"] as Layer);
  expect(heads(reverse, "#1f6fb2").length).toBe(4);
  for (const [from, to] of heads(reverse, "#1f6fb2")) expect(to).toBeLessThan(from);
  expect(reverse).toContain("reads backward");
  const mirrored = [gru(4, { name: "a", direction: "reverse" }), tied(gru(4, { direction: "reverse" }), "a")];
  expect(drawUnrolled(new Model(sequential(...mirrored), { inputSize: 4 }))).toContain(">gru(4), tied to a</text>");
});

test("widths stand on the arrows, encoder and decoder apart", () => {
  const svg = draw(networks["encoder–decoder with additive attention"] as Layer);
  for (const words of ["encoder", "decoder", "[3]", "[4]", "[32]", "[48]", "h, c [16]", "attention (additive"])
    expect(svg).toContain(words);
  expect(svg).toContain(">sum</text>");
  expect(draw(networks["encoder–decoder, a dense bridge from both directions"] as Layer)).toContain(">dense</text>");
});

test("words given by people are words, not markup", () => {
  const svg = draw(lstm(2), { title: '<script>"&' });
  expect(svg).not.toContain("<script>");
  expect(svg).toContain("&#60;script&#62;&#34;&#38;");
});

test("what cannot be drawn is refused", () => {
  const known = new Model(lstm(2), { inputSize: 3 });
  const drawn = (options: object) => () => drawUnrolled(known, options);
  expectRefusal(drawn({ step: 3 }), ArgumentError, 'drawUnrolled knows no option "step"');
  expectRefusal(drawn({ steps: 0 }), ArgumentError, "steps of drawUnrolled must be a whole number from 1 to 64");
  expectRefusal(drawn({ title: 3 }), ArgumentError, "title of drawUnrolled must be a text");
  expectRefusal(() => drawUnrolled({} as Model), ArgumentError, "a Model is wanted");
  expectRefusal(() => drawUnrolled(new Model(lstm(2))), StateError, "not yet known");
});

test("the drawings of docs/figures are what the library draws: npm run figures", async () => {
  const { networks: drawn } = await import(new URL("../../scripts/figures/networks.mjs", import.meta.url).href);
  for (const [name, svg] of Object.entries(drawn(library) as Record<string, string>))
    expect(readFileSync(new URL(`../../docs/figures/${name}.svg`, import.meta.url), "utf8"), name).toBe(svg);
});
