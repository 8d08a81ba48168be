/** Movements of a pen, [dx, dy, lifted], that begin with the pen down; the movement after a lift is one through the air. */
export type Drawing = readonly (readonly number[])[];

/** What is read of a drawing before its first movement: none, and the pen down. */
export const START: readonly number[] = [0, 0, 1, 0, 0];

/** The parts of a file of lines ["train", [[dx, dy, lifted], …]]. */
export function readDrawings(file: Uint8Array): { train: Drawing[]; valid: Drawing[]; test: Drawing[] } {
  const lines = new TextDecoder().decode(file).trim().split(/\r?\n/);
  const drawings = lines.map((line) => JSON.parse(line) as [string, Drawing]);
  const of = (part: string) => drawings.filter(([name]) => name === part).map(([, drawing]) => drawing);
  return { train: of("train"), valid: of("valid"), test: of("test") };
}

/** Root mean square of the movements in one direction: the unit in which a network sees them. */
export function movementSize(drawings: readonly Drawing[]): number {
  const moves = drawings.flat();
  return Math.sqrt(moves.reduce((sum, [dx = 0, dy = 0]) => sum + dx * dx + dy * dy, 0) / (2 * moves.length));
}

/** Rows [dx, dy, pen goes on, pen is lifted, drawing ends], as sketch-rnn reads them. @param unit length of 1 */
export function penRows(drawing: Drawing, unit: number): number[][] {
  return drawing.map(([dx = 0, dy = 0, lifted], step) => {
    const pen = step === drawing.length - 1 ? [0, 0, 1] : lifted ? [0, 1, 0] : [1, 0, 0];
    return [dx / unit, dy / unit, ...pen];
  });
}

/** The drawing that rows of `penRows` tell. */
export function drawingOf(rows: readonly (readonly number[])[], unit: number): Drawing {
  return rows.map(([dx = 0, dy = 0, goesOn]) => [dx * unit, dy * unit, goesOn === 1 ? 0 : 1]);
}

/** Wider or narrower, higher or lower by up to 15 %, and some bends left out: as sketch-rnn makes more of few drawings. */
export function varied(drawing: Drawing, next: () => number): Drawing {
  const [wide, high] = [1 + 0.3 * (next() - 0.5), 1 + 0.3 * (next() - 0.5)];
  const found: number[][] = [];
  drawing.forEach(([dx = 0, dy = 0, lifted = 0], step) => {
    const last = found.at(-1);
    const isBend = last?.[2] === 0 && lifted === 0 && drawing[step - 2]?.[2] !== 1;
    if (isBend && next() < 0.1) found[found.length - 1] = [(last[0] ?? 0) + wide * dx, (last[1] ?? 0) + high * dy, 0];
    else found.push([wide * dx, high * dy, lifted]);
  });
  return found;
}

/** Lines of points, one for each stroke. */
export function strokes(drawing: Drawing): (readonly [number, number])[][] {
  let [x, y] = [0, 0];
  let stroke: (readonly [number, number])[] = [[0, 0]];
  const found = [stroke];
  let isLifted = false;
  for (const [dx = 0, dy = 0, lifted] of drawing) {
    [x, y] = [x + dx, y + dy];
    if (isLifted) {
      stroke = [];
      found.push(stroke);
    }
    stroke.push([x, y]);
    isLifted = lifted === 1;
  }
  return found.filter(({ length }) => length > 1);
}
