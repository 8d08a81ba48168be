/**
 * Optimises the core with Binaryen, the optimiser that asc brings and would run itself. asc inlines every function of up to
 * 70 nodes wherever it is called, which costs a tenth of the compressed module and wins no time that can be measured; its
 * limits cannot be set. What belongs into a loop says so with `@inline`; here only functions with one caller are inlined.
 *
 * Every pass keeps the results' bits: float arithmetic is never reordered.
 */
import binaryen from "binaryen";
import { foldStatics, staticsOf } from "./foldStatics.mjs";

/** Nodes of a function that is inlined wherever it is called, and of one that is inlined into its only caller. */
const ALWAYS_INLINED = 2;
const INLINED_INTO_ONE_CALLER = 200;

/**
 * Cells whose rows are called one by one rather than inlined into their loop: the loops are alike and compress to almost
 * nothing. A call costs a few nanoseconds a row, so the cells of the default options are not among them.
 */
const CALLED_BY_ROW = [
  ...["gruGeneral", "gruResetBefore", "gruResetBeforeGeneral", "lstmCoupled", "lstmGeneral"],
  ...["mgu", "minGru", "minLstm"],
];

/** Parts of a step that few layers have: inlined, their values would be spilled and held by the steps of all others. */
const CALLED_RARELY = [
  ...["addMaskedRows", "backwardLate", "backwardProjection", "clearPadding", "forwardLate", "maskStates", "probe"].map(
    (name) => `sequence/${name}`,
  ),
  ...["joinZoneout", "keepZoneout", "splitZoneout"].map((name) => `zoneout/${name}`),
];

/** Names of both lists as the module has them; `*` stands for all functions of a file. */
const CALLED = [
  ...CALLED_BY_ROW.map((cell) => `assembly/cells/${cell}/*`),
  ...CALLED_RARELY.map((name) => `assembly/${name}`),
];

/** What asc exports for its bindings' objects; the core has none. */
const RUNTIME_EXPORTS = ["__new", "__pin", "__unpin", "__collect", "__rtti_base"];

/** What asc lets the core use. */
const { MutableGlobals, SignExt, NontrappingFPToInt, BulkMemory, BulkMemoryOpt, SIMD128 } = binaryen.Features;
const FEATURES = MutableGlobals | SignExt | NontrappingFPToInt | BulkMemory | BulkMemoryOpt | SIMD128;

/** asc's own order for -O3. */
const PASSES = `
  duplicate-function-elimination remove-unused-module-elements once-reduction inlining simplify-globals-optimizing
  generate-global-effects rse vacuum code-folding ssa-nomerge local-cse remove-unused-brs remove-unused-names merge-blocks
  precompute-propagate simplify-globals-optimizing dae-optimizing simplify-locals-nostructure flatten vacuum
  simplify-locals-notee-nostructure vacuum local-cse licm merge-locals reorder-locals optimize-instructions
  avoid-reinterprets dce remove-unused-brs remove-unused-names merge-blocks inlining precompute-propagate
  simplify-globals-optimizing pick-load-signs simplify-locals-notee-nostructure vacuum local-cse reorder-locals
  coalesce-locals simplify-locals coalesce-locals reorder-locals vacuum rse vacuum simplify-globals-optimizing
  remove-unused-brs remove-unused-names merge-blocks optimize-instructions simplify-globals-optimizing dae-optimizing
  inlining-optimizing optimize-added-constants-propagate duplicate-import-elimination simplify-globals-optimizing
  precompute-propagate simplify-globals-optimizing directize dae-optimizing gufa-optimizing inlining-optimizing
  code-folding ssa-nomerge rse code-pushing simplify-globals vacuum precompute-propagate inlining-optimizing directize
  dae-optimizing local-cse merge-locals coalesce-locals simplify-locals vacuum inlining precompute-propagate rse vacuum
  ssa-nomerge simplify-locals coalesce-locals optimize-instructions remove-unused-brs remove-unused-names merge-blocks
  vacuum simplify-globals-optimizing remove-unused-brs remove-unused-module-elements duplicate-function-elimination
  memory-packing`;

/**
 * Binaryen passes over a name that no function has, and what it stood for would be inlined.
 * @param bytes an unoptimised module of the whole core
 * @throws Error when a function that is to stay a call is not there
 */
export function requireCalled(bytes) {
  const module = binaryen.readBinary(bytes);
  try {
    const names = Array.from({ length: module.getNumFunctions() }, (_, index) => {
      return binaryen.getFunctionInfo(module.getFunctionByIndex(index)).name;
    });
    const isThere = (called) =>
      called.endsWith("*") ? names.some((name) => name.startsWith(called.slice(0, -1))) : names.includes(called);
    const lost = CALLED.filter((called) => !isThere(called));
    if (lost.length > 0) throw new Error(`scripts/optimizeCore.mjs names functions that the core lacks: ${lost}.`);
  } finally {
    module.dispose();
  }
}

/** Bytes of an unoptimised module with names → bytes of the optimised one, with names. */
export function optimizeCore(bytes) {
  let module = binaryen.readBinary(bytes);
  try {
    prepare(module);
    const statics = staticsOf(module);
    for (let before = Infinity, size = bytes.length; size < before; ) {
      module.runPasses(PASSES.trim().split(/\s+/));
      before = size;
      size = module.emitBinary().length;
    }
    module = foldStatics(module, statics);
    // The passes leave the numbers of locals to chance; numbered by use, and with what is named alike side by side,
    // functions that are alike compress better.
    module.runPasses(["reorder-locals", "reorder-functions-by-name"]);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The same module without names. */
export function plainBytes(bytes) {
  const module = binaryen.readBinary(bytes);
  try {
    return emitPlain(module);
  } finally {
    module.dispose();
  }
}

/** The bytes of a module without its names. */
export function emitPlain(module) {
  binaryen.setDebugInfo(false);
  try {
    return module.emitBinary();
  } finally {
    binaryen.setDebugInfo(true);
  }
}

function prepare(module) {
  module.setFeatures(FEATURES);
  binaryen.clearPassArguments();
  // Options are global, and asc leaves its own behind.
  binaryen.setClosedWorld(true);
  binaryen.setOptimizeLevel(4);
  binaryen.setShrinkLevel(0);
  binaryen.setDebugInfo(true);
  // asc's --memoryBase keeps everything below 1024 free.
  binaryen.setLowMemoryUnused(true);
  // Addresses are in the memory and divisors above 0, so loads may be moved, or left out where nobody wants them.
  binaryen.setTrapsNeverHappen(true);
  binaryen.setAlwaysInlineMaxSize(ALWAYS_INLINED);
  binaryen.setFlexibleInlineMaxSize(ALWAYS_INLINED);
  binaryen.setOneCallerInlineMaxSize(INLINED_INTO_ONE_CALLER);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  for (const name of RUNTIME_EXPORTS) module.removeExport(name);
  for (const name of CALLED) {
    binaryen.setPassArgument("no-inline", name);
    module.runPasses(["no-inline"]);
  }
}
