import { normal } from "./random";

/** Doubles that `orthogonalFill` needs. */
export function orthogonalScratch(rows: i32, columns: i32): i32 {
  return rows * columns;
}

/** out f32 [rows, columns]: uniformly drawn orthonormal rows (columns, where there are more rows than columns), times gain. */
export function orthogonalFill(out: i32, scratch: i32, rows: i32, columns: i32, gain: f64, key0: u32, key1: u32, c0: u32): void {
  const isTall = rows > columns;
  const count = isTall ? columns : rows, length = isTall ? rows : columns;
  for (let i = 0; i < count * length; i++) store<f64>(scratch + (i << 3), normal(i, key0, key1, c0, 0));
  for (let v = 0; v < count; v++) {
    const row = scratch + ((v * length) << 3);
    for (let pass = 0; pass < 2; pass++) {
      for (let u = 0; u < v; u++) {
        const other = scratch + ((u * length) << 3);
        let dot: f64 = 0;
        for (let i = 0; i < length << 3; i += 8) dot += load<f64>(row + i) * load<f64>(other + i);
        for (let i = 0; i < length << 3; i += 8) store<f64>(row + i, load<f64>(row + i) - dot * load<f64>(other + i));
      }
    }
    let norm: f64 = 0;
    for (let i = 0; i < length << 3; i += 8) norm += load<f64>(row + i) * load<f64>(row + i);
    norm = sqrt(norm);
    for (let i = 0; i < length << 3; i += 8) store<f64>(row + i, load<f64>(row + i) / norm);
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = isTall ? column * length + row : row * length + column;
      store<f32>(out + ((row * columns + column) << 2), <f32>(gain * load<f64>(scratch + (at << 3))));
    }
  }
}
