import { dataFile } from "./dataFile.js";

/** Recordings of several channels, each with the number of its class. */
export interface Recordings {
  readonly input: number[][][];
  readonly target: number[];
  readonly classes: readonly string[];
}

/** Reads the text form of a time series archive: after `@data`, dimensions apart by `:`, and last the class. */
export function recordings(name: string): Recordings {
  const lines = dataFile(name).split(/\r?\n/);
  const start = lines.findIndex((line) => line.trim().toLowerCase() === "@data") + 1;
  const cases = lines
    .slice(start)
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const parts = line.split(":");
      const label = (parts.pop() as string).trim();
      const channels = parts.map((part) => part.split(",").map(Number));
      return {
        label,
        steps: (channels[0] as number[]).map((_, step) => channels.map((channel) => channel[step] as number)),
      };
    });
  const classes = [...new Set(cases.map(({ label }) => label))].sort();
  return { input: cases.map(({ steps }) => steps), target: cases.map(({ label }) => classes.indexOf(label)), classes };
}

/** Both parts with every channel at mean 0 and deviation 1 of the first. */
export function standardised(train: Recordings, test: Recordings): [Recordings, Recordings] {
  const rows = train.input.flat();
  const width = (rows[0] as number[]).length;
  const channels = Array.from({ length: width }, (_, channel) => {
    const values = rows.map((row) => row[channel] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) };
  });
  const scaled = (part: Recordings): Recordings => ({
    ...part,
    input: part.input.map((steps) =>
      steps.map((row) =>
        row.map((value, channel) => {
          const { mean, deviation } = channels[channel] as { mean: number; deviation: number };
          return (value - mean) / deviation;
        }),
      ),
    ),
  });
  return [scaled(train), scaled(test)];
}
