/**
 * Stands in for the global `TextDecoder` in the bundle. The loader constructs one when it is first evaluated, which
 * fails in an AudioWorklet; it reads strings by character code when decoding throws, so throwing is all this has to do.
 */
class NoTextDecoder {
  decode(): never {
    throw new TypeError("This runtime has no TextDecoder.");
  }
}

const Decoder: unknown = globalThis.TextDecoder ?? NoTextDecoder;

export { Decoder as TextDecoder };
