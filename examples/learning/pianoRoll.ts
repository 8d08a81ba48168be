/** The lowest of a piano's 88 keys, as a MIDI note number. */
const LOWEST = 21;
export const KEYS = 88;

/** A piece of music: the MIDI notes that sound in each of its steps. */
export type Piece = readonly (readonly number[])[];

/** The pieces of a file: one a line, its steps apart by spaces, the notes of a step by dots, "-" where none sounds. */
export function pieces(text: string): Piece[] {
  const step = (notes: string): number[] => (notes === "-" ? [] : notes.split(".").map(Number));
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(" ").map(step));
}

/** A row of 88 for each step of a piece, 1 for each key that sounds. */
export function pianoRoll(piece: Piece): number[][] {
  return piece.map((notes) => {
    const row = new Array<number>(KEYS).fill(0);
    for (const note of notes) row[note - LOWEST] = 1;
    return row;
  });
}

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/** The keys of a row that sound, from the lowest: "C3 G3 E4 C5"; "–" where none does. */
export function chordName(row: ArrayLike<number>): string {
  const notes = Array.from(row, (value, key) => (value === 1 ? key + LOWEST : 0)).filter((note) => note > 0);
  return notes.map((note) => `${NAMES[note % 12]}${Math.floor(note / 12) - 1}`).join(" ") || "–";
}
