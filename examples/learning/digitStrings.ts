import { Tensor, unique } from "recurve";
import { shuffled } from "./random.js";

/** Mel-frequency cepstral coefficients of a frame. */
export const COEFFICIENTS = 13;

/** The file holds whole numbers: hundredths of a coefficient. */
const SCALE = 0.01;

/** Somebody says a digit once. */
export interface Clip {
  readonly digit: number;
  readonly speaker: string;
  /** Which of the speaker's recordings of the digit. */
  readonly recording: number;
  /** [frames, 13], a row every 16 ms. */
  readonly frames: Float32Array;
}

/** Strings of digits, as `fit` takes them. */
export interface DigitStrings {
  /** Each [frames, 13]. */
  readonly input: readonly Tensor[];
  /** Digits plus one: 0 is the blank of `ctc`. */
  readonly target: readonly number[][];
  readonly lengths: readonly number[];
}

/** @param index lines of digit, speaker, recording, frames @param coefficients int16, little-endian, clip after clip */
export function readClips(index: Uint8Array, coefficients: Uint8Array): Clip[] {
  const view = new DataView(coefficients.buffer, coefficients.byteOffset, coefficients.byteLength);
  const lines = new TextDecoder().decode(index).trim().split(/\r?\n/).slice(1);
  let at = 0;
  return lines.map((line) => {
    const [digit, speaker = "", recording, count] = line.split("\t");
    const frames = new Float32Array(Number(count) * COEFFICIENTS);
    for (let place = 0; place < frames.length; place++, at += 2) frames[place] = SCALE * view.getInt16(at, true);
    return { digit: Number(digit), speaker, recording: Number(recording), frames };
  });
}

/** Joins the clips of each speaker, in an order by chance, to strings of 2 to 5 digits; each clip is in one string. */
export function digitStrings(clips: readonly Clip[], next: () => number): DigitStrings {
  const strings = unique(clips.map(({ speaker }) => speaker)).flatMap((speaker) => {
    const own = shuffled(
      clips.filter((clip) => clip.speaker === speaker),
      next,
    );
    const found: Clip[][] = [];
    while (own.length > 0) found.push(own.splice(0, 2 + Math.floor(4 * next())));
    return found;
  });
  const input = strings.map(join);
  const target = strings.map((string) => string.map(({ digit }) => digit + 1));
  return { input, target, lengths: input.map(({ shape }) => shape[0] as number) };
}

/** Clips end to end, each coefficient with mean 0 and deviation 1 over the string: voices and microphones differ. */
function join(clips: readonly Clip[]): Tensor {
  const values = Float32Array.from(clips.flatMap(({ frames }) => [...frames]));
  const frames = values.length / COEFFICIENTS;
  for (let column = 0; column < COEFFICIENTS; column++) {
    let [sum, squares] = [0, 0];
    for (let at = column; at < values.length; at += COEFFICIENTS) {
      sum += values[at] as number;
      squares += (values[at] as number) ** 2;
    }
    const mean = sum / frames;
    const deviation = Math.sqrt(Math.max(squares / frames - mean ** 2, 1e-6));
    for (let at = column; at < values.length; at += COEFFICIENTS)
      values[at] = ((values[at] as number) - mean) / deviation;
  }
  return new Tensor(values, [frames, COEFFICIENTS]);
}
