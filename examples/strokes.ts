/** Draws kanji from memory, stroke by stroke: one input, the number of a drawing, gives a sequence of pen movements. */
import { readFileSync } from "node:fs";
import { adam, fit, generate, Model, meanSquaredError, oneToMany } from "recurve";

/** Drawings as rows [dx, dy, lifted]: the pen moves, and is lifted after a stroke's last movement. */
const all: number[][][] = JSON.parse(readFileSync(new URL("data/sketches/kanji.json", import.meta.url), "utf8"));
const drawings = all.slice(0, 8);
const SIZE = 100;
/** Movements in units of 100, and at the end the pen is put away. */
const moves = drawings.map((rows) =>
  rows.map(([dx = 0, dy = 0, lifted = 0], step) => [dx / SIZE, dy / SIZE, lifted, step === rows.length - 1 ? 1 : 0]),
);
const numbers = drawings.map((_, index) => drawings.map((_row, other) => (index === other ? 1 : 0)));

const model = new Model(
  oneToMany({ cell: "lstm", inputSize: drawings.length, units: 96, outputSize: 4, steps: 40, feedback: "repeat" }),
  { seed: 1 },
);
const data = { input: numbers, target: moves };
for (const learningRate of [0.01, 0.003, 0.001]) {
  const optimizer = adam({ learningRate });
  await fit(model, data, { loss: meanSquaredError, optimizer, epochs: 300, batchSize: 8, clipNorm: 1 });
}

/** The movements that the network makes, until it puts the pen away. */
function draw(index: number): number[][] {
  const rows: number[][] = [];
  for (const { output } of generate(model, numbers[index] ?? [])) {
    rows.push([...output.data]);
    if ((output.data[3] ?? 0) > 0.5) break;
  }
  return rows;
}

/** Strokes as text: 26 columns, 13 lines. */
function asText(rows: readonly (readonly number[])[]): string[] {
  const points: [number, number][] = [];
  let [x, y, isDown] = [0, 0, true];
  for (const [dx = 0, dy = 0, lifted = 0] of rows) {
    for (let part = 1; part <= 24; part++) if (isDown) points.push([x + (dx * part) / 24, y + (dy * part) / 24]);
    [x, y, isDown] = [x + dx, y + dy, lifted < 0.5];
  }
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis] as number)));
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis] as number)));
  const size = Math.max((right as number) - (left as number), (bottom as number) - (top as number));
  const lines = Array.from({ length: 13 }, () => new Array<string>(26).fill(" "));
  for (const [px, py] of points) {
    const row = lines[Math.round((12 * (py - (top as number))) / size)] as string[];
    row[Math.round((25 * (px - (left as number))) / size)] = "█";
  }
  return lines.map((line) => line.join(""));
}

const drawn = drawings.map((_, index) => draw(index));
const [given, found] = [asText(moves[1] ?? []), asText(drawn[1] ?? [])];
console.log(`${"as it was shown".padEnd(28)}as it is drawn`);
console.log(given.map((line, index) => `${line}  ${found[index]}`.trimEnd()).join("\n"));
const ended = drawn.filter((rows, index) => rows.length === drawings[index]?.length).length;
const distances = drawn.flatMap((rows, index) =>
  rows.flatMap(([dx = 0, dy = 0], step) => {
    const [wantedX = dx, wantedY = dy] = moves[index]?.[step] ?? [];
    return Math.sqrt((dx - wantedX) ** 2 + (dy - wantedY) ** 2);
  }),
);
const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
console.log(
  `${ended} of ${drawings.length} drawings end at their last stroke; a movement is off by ${(SIZE * mean).toFixed(1)}, drawings are some 400 wide`,
);
