/**
 * Takes out of an optimised core what asc keeps in memory for its own runtime, which the core has not. For every function whose
 * table place is asked for (`.index`), asc lays down an object that holds the place and reads it from there; Binaryen cannot
 * know that nobody writes to it. What is left of the data, tables of constants, becomes one segment: with gaps of zeros it
 * compresses better than with an address for every few bytes.
 */
import binaryen from "binaryen";

/** Bytes of an object's header before its content, whose address is what the code knows it by. */
const HEADER = 20;
/** What Binaryen takes for a memory that may grow as far as it likes. */
const NO_MAXIMUM = -1;

/**
 * @param optimised a module with names; it is disposed
 * @param statics `staticsOf` the module before it was optimised
 * @returns the module that takes its place, to be disposed by the caller
 * @throws Error when code still refers to what would be taken out
 */
export function foldStatics(optimised, { objects, tables }) {
  const text = optimised.emitText().replace(/\(i32\.load\s+\(i32\.const (\d+)\)\s*\)/g, (load, address) => {
    const object = objects.find(({ at }) => at + HEADER === Number(address));
    return object === undefined ? load : `(i32.const ${wordAt(object.bytes, HEADER)})`;
  });
  requireUnused(text, objects);
  const features = optimised.getFeatures();
  const { initial } = optimised.getMemoryInfo();
  optimised.dispose();
  const module = binaryen.parseText(text);
  module.setFeatures(features);
  const { at, bytes } = joined(tables);
  module.setMemory(initial, NO_MAXIMUM, null, [{ offset: module.i32.const(at), data: bytes }]);
  return module;
}

/** The data of an unoptimised module: objects of asc's runtime, and the core's own tables. */
export function staticsOf(module) {
  const data = Array.from({ length: module.getNumDataSegments() }, (_, index) => {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(index));
    return { at: offset, bytes: new Uint8Array(data) };
  });
  const isRuntime = (segment) => isObject(segment) || isTypes(segment);
  return { objects: data.filter(isRuntime), tables: data.filter((segment) => !isRuntime(segment)) };
}

/** An object: its first word is the size of what follows, its content lies on a multiple of 16. */
function isObject({ at, bytes }) {
  return at % 16 === 12 && bytes.length > HEADER && wordAt(bytes, 0) === bytes.length - 4;
}

/** What asc knows of the types of its objects: their number, and a word for each. */
function isTypes({ bytes }) {
  return bytes.length > 4 && 4 + 4 * wordAt(bytes, 0) === bytes.length;
}

function requireUnused(text, objects) {
  const code = text.replace(/^ \(data .*$/gm, "");
  for (const [, constant] of code.matchAll(/\(i32\.const (\d+)\)/g)) {
    const found = objects.find(({ at, bytes }) => Number(constant) >= at && Number(constant) < at + bytes.length);
    if (found !== undefined) throw new Error(`the core refers to an object of asc's runtime at ${constant}.`);
  }
}

/** One segment, from the first byte that is not 0 to the last. */
function joined(segments) {
  const from = Math.min(...segments.map(({ at }) => at));
  const end = Math.max(...segments.map(({ at, bytes }) => at + bytes.length));
  const bytes = new Uint8Array(end - from);
  for (const segment of segments) bytes.set(segment.bytes, segment.at - from);
  const isSet = (byte) => byte !== 0;
  const first = bytes.findIndex(isSet);
  return { at: from + first, bytes: bytes.slice(first, bytes.findLastIndex(isSet) + 1) };
}

function wordAt(bytes, at) {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
