import { describe, expect, test } from "vitest";
import { failures } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { runOnnxFile } from "../support/onnxRun.js";
import * as subject from "../support/subject.js";
import { compareTensors, libraryEngine } from "./engine.js";

/** Cases of the kind onnx whose operator is there as a file too. */
const entries = caseEntries.filter(({ kind, model }) => kind === "onnx" && model !== undefined);
const engine = libraryEngine(subject);

describe("files of one operator: loadOnnx gives Y, Y_h and Y_c", () => {
  test.each(entries)("$id", (entry) => {
    const reference = new ReferenceCase(entry);
    const outputs = runOnnxFile(reference.model(), (name) => reference.tensor(name));
    const produced = Object.fromEntries([...outputs].map(([name, { values }]) => [name, values]));
    const expected = ["Y", "Y_h", "Y_c"].filter((name) => reference.has(name));
    // Where a case records a state that its file does not give, the file's outputs are all there is.
    const given = expected.filter((name) => outputs.has(name));
    expect(given).toEqual([...outputs.keys()]);
    expect(given.length).toBeGreaterThan(0);
    expect(failures(compareTensors(reference, engine, given, produced))).toEqual([]);
    for (const name of given) expect(outputs.get(name)?.shape, name).toEqual(reference.shape(name));
  });

  if (entries.length === 0) test("there is no such file", () => expect(entries).toEqual([]));
});
