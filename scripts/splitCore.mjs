/**
 * Cuts an optimised core into a base and parts, so that a bundle carries the parts that it uses and no others. A part is a file
 * of `assembly/` that few programs need: whatever its exports and its places in the table reach, and the base does not.
 * A part has the base's memory and table; it calls what the base has, and is called through the table and by its exports.
 * What only parts have in common is copied into each of them.
 */
import binaryen from "binaryen";
import { emitPlain } from "./optimizeCore.mjs";

/** Files that are parts: members of rooms from which a program picks a few, and layers that few networks have. */
const PART = /^assembly\/(?:(?:cells|losses)\/(\w+)|layers\/(poolSteps|softmax))\//;
/** A cell's loops are instances of functions of the cells' contract: `assembly/cell/describe<assembly/cells/mgu/Mgu>…`. */
const LOOP = /^assembly\/cell\/\w+<(assembly\/cells\/\w+\/)/;
const BASE = "base";

/**
 * @param bytes the core, with names
 * @returns for the base (`base`) and each part, by the name of its file: `wasm`, and the names of its `exports`
 * @throws Error when a part would have a variable of its own that others have too
 */
export function splitCore(bytes) {
  const core = inspect(bytes);
  const places = [...new Set([...core.exports.keys(), ...core.table].map(placeOf))];
  const reached = new Map(places.map((place) => [place, core.reach((name) => placeOf(name) === place)]));
  const own = new Map([...reached].map(([place, names]) => [place, without(names, place, reached.get(BASE))]));
  requireOwnVariables(core, own);
  const called = [...own].flatMap(([place, names]) => (place === BASE ? [] : core.calledBy(names)));
  const lent = [...new Set(called)].filter((name) => own.get(BASE).has(name));
  const lentAs = new Map(lent.map((name, index) => [name, core.exports.get(name) ?? index.toString(36)]));
  return new Map(
    [...own].map(([place, names]) => {
      const exports = [...core.exports].flatMap(([name, known]) => (names.has(name) ? [known] : []));
      return [place, { wasm: cut(bytes, core, names, lentAs, place === BASE), exports }];
    }),
  );
}

/** What a place has of what it reaches: the base all of it. */
function without(names, place, base) {
  return place === BASE ? names : new Set([...names].filter((name) => !base.has(name)));
}

function placeOf(name) {
  const [, file, layer] = PART.exec(LOOP.exec(name)?.[1] ?? name) ?? [];
  return file ?? layer ?? BASE;
}

/** Functions, who calls whom, exports, the table and the variables of a module with names. */
function inspect(bytes) {
  const module = binaryen.readBinary(bytes);
  const calls = new Map();
  const variables = new Map();
  let present;
  for (const line of module.emitText().split("\n")) {
    const [, word, name] = /^\s*\((func|call|global\.[gs]et) \$("[^"]+"|[^\s()]+)/.exec(line) ?? [];
    if (word === undefined) continue;
    const plain = name.replaceAll('"', "");
    if (word === "func") {
      present = plain;
      calls.set(present, new Set());
    } else if (word === "call") calls.get(present).add(plain);
    else variables.set(plain, (variables.get(plain) ?? new Set()).add(present));
  }
  const exports = new Map(exportsOf(module).map(({ name, value }) => [value, name]));
  const table = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(0)).data;
  module.dispose();
  return {
    ...{ calls, variables, exports, table },
    calledBy: (names) => [...names].flatMap((name) => [...calls.get(name)]),
    reach(isRoot) {
      const found = new Set([...exports.keys(), ...table].filter(isRoot));
      for (const name of found) for (const callee of calls.get(name)) found.add(callee);
      return found;
    },
  };
}

function exportsOf(module) {
  const all = Array.from({ length: module.getNumExports() }, (_, index) =>
    binaryen.getExportInfo(module.getExportByIndex(index)),
  );
  return all.filter(({ kind }) => kind === binaryen.ExternalFunction);
}

function requireOwnVariables({ variables }, own) {
  for (const [variable, users] of variables) {
    const places = [...own].filter(([, names]) => [...users].some((name) => names.has(name)));
    if (places.length > 1)
      throw new Error(`${variable} would be another variable in each of ${places.map(([place]) => place).join(", ")}.`);
  }
}

/** The module of what is `own`. */
function cut(bytes, core, own, lentAs, isBase) {
  const module = binaryen.readBinary(bytes);
  try {
    for (const [name, known] of core.exports) if (!own.has(name)) module.removeExport(known);
    module.removeElementSegment("0");
    if (isBase) lend(module, core, own, lentAs);
    else borrow(module, core, own, lentAs);
    keepPlaces(module, core.table, own);
    // Other modules reach what is in the table.
    binaryen.setClosedWorld(false);
    module.runPasses(["remove-unused-module-elements"]);
    return emitPlain(module);
  } finally {
    module.dispose();
  }
}

/** Leaves in the table what is `own`, where it is. */
function keepPlaces(module, table, own) {
  for (let from = 0, to; from < table.length; from = to + 1) {
    for (to = from; to < table.length && own.has(table[to]); to++);
    // The first place of a table is kept free.
    if (to > from) module.addActiveElementSegment("0", `${from}`, table.slice(from, to), module.i32.const(from + 1));
  }
}

/** Exports what parts share with the base. */
function lend(module, core, own, lentAs) {
  for (const name of core.calls.keys()) if (!own.has(name)) module.removeFunction(name);
  for (const [name, lent] of lentAs) if (!core.exports.has(name)) module.addFunctionExport(name, lent);
  module.addTableExport("0", "table");
}

/** Imports what a part shares with the base. */
function borrow(module, core, own, lentAs) {
  for (const name of core.calls.keys()) {
    if (own.has(name)) continue;
    const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
    module.removeFunction(name);
    if (lentAs.has(name)) module.addFunctionImport(name, BASE, lentAs.get(name), params, results);
  }
  module.removeExport("memory");
  module.setMemory(1, -1, null, []);
  module.addMemoryImport("0", BASE, "memory");
  module.addTableImport("0", BASE, "table");
}
