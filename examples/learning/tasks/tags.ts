import {
  accuracy,
  adam,
  bidirectional,
  columns,
  concatenate,
  crossEntropy,
  dense,
  dropout,
  embedding,
  evaluate,
  fit,
  lstm,
  Model,
  sequential,
  unique,
} from "recurve";
import { uniform } from "../random.js";
import { readSentences, type Sentence, tableAccuracy, WordReader, wordViews } from "../taggedWords.js";
import type { LearningTask } from "../task.js";

const SIZES = { whole: { units: 128, epochs: 24 }, brief: { units: 96, epochs: 12 } };

export const task: LearningTask = {
  title: "parts of speech from words, endings and case: English Web Treebank, trained on its dev part alone",
  seed: 1,
  whole: { measure: "% of the words of the test part tagged rightly", least: 90, digits: 2, minutes: 4 },
  brief: { measure: "% of the words of the test part tagged rightly", least: 87, digits: 2 },
  async run({ seed, isBrief, read, progress }) {
    const [train, test] = [readSentences(read("tags/dev.tsv")), readSentences(read("tags/test.tsv"))];
    const reader = new WordReader(train);
    const tags = unique(train.flatMap((sentence) => sentence.tags)).sort();
    const target = (part: readonly Sentence[]) => part.map((sentence) => sentence.tags.map((tag) => tags.indexOf(tag)));
    const { units, epochs } = isBrief ? SIZES.brief : SIZES.whole;
    using model = new Model(network(reader, units, tags.length), { seed });
    const next = uniform(seed);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const optimizer = adam({ learningRate: 6e-3 * (1 - epoch / epochs) });
      const data = { input: reader.read(train, next), target: target(train) };
      const options = { loss: crossEntropy, optimizer, batchSize: 16, clipNorm: 5, shuffle: true, seed: seed + epoch };
      const { losses } = await fit(model, data, options);
      progress((epoch + 1) / epochs, `epoch ${epoch + 1}, loss ${(losses[0] as number).toFixed(3)}`);
    }
    const held = { input: reader.read(test), target: target(test) };
    const { metrics } = evaluate(model, held, { loss: crossEntropy, metrics: [accuracy] });
    return {
      network: `concatenate of ${wordViews.length} embeddings, bidirectional lstm(${units}), dense(${tags.length})`,
      figure: 100 * (metrics?.accuracy ?? 0),
      beside: { "% by a table of each word's most frequent tag": (100 * tableAccuracy(train, test)).toFixed(2) },
      sample: tagged(model, reader, tags, test.slice(0, 5)),
    };
  },
};

function network({ vocabularies }: WordReader, units: number, tags: number) {
  const views = wordViews.map(({ size }, view) =>
    sequential(columns(view, view + 1), embedding(vocabularies[view]?.size ?? 0, size)),
  );
  return sequential(concatenate(...views), dropout(0.5), bidirectional(lstm(units)), dropout(0.5), dense(tags));
}

/** Sentences with the tag found behind each word, and the right one where another was found. */
function tagged(model: Model, reader: WordReader, tags: readonly string[], sentences: readonly Sentence[]): string {
  const lines = sentences.map((sentence) => {
    const { data } = model.predictBatch(reader.read([sentence]));
    return sentence.words.map((word, at) => {
      const scores = data.subarray(at * tags.length, (at + 1) * tags.length);
      const found = tags[scores.indexOf(Math.max(...scores))];
      return found === sentence.tags[at] ? `${word}/${found}` : `${word}/${found}(${sentence.tags[at]})`;
    });
  });
  return lines.map((line) => line.join(" ")).join("\n");
}
