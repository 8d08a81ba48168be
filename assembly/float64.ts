/*
 * Elementary functions in float64 for the facade, from AssemblyScript's own ports: the same bits on every runtime, which the
 * host's Math does not give.
 */

export function exp64(x: f64): f64 {
  return Math.exp(x);
}

export function log64(x: f64): f64 {
  return Math.log(x);
}

export function pow64(x: f64, y: f64): f64 {
  return Math.pow(x, y);
}

export function cos64(x: f64): f64 {
  return Math.cos(x);
}
