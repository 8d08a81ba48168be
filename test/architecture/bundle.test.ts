import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { withoutWayBack } from "../../scripts/withoutWayBack.js";
import * as wholeCore from "../../src/wasm/generated/wholeCore.js";
import { entryText } from "../support/entryFile.js";
import { bundleWhole, filesKept, type OneFile, statementsKept } from "./bundle.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TRAINING = "adam, dense, fit, lstm, meanSquaredError, Model";

/** What a program that trains an LSTM may hold of the rooms with members, and of those that explain or serve. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  architectures: [],
  // Options of an LSTM choose among its three kernels.
  cells: ["cell", "gateOptions", "lstm", "lstmCoupled", "lstmGeneral"],
  decoding: [],
  diagnostics: [],
  // A model saves itself.
  formats: ["bytes", "safetensors", "utf8"],
  // Targets that are values, and how much each counts.
  losses: ["elementwise", "loss", "meanSquaredError", "rowTargets", "rowWeights", "valueTargets"],
  optimizers: ["adam", "memoryPower", "moveParameters", "optimizerRule", "ruleOptions"],
  // What a schedule is, to refuse what is none.
  schedules: ["schedule"],
  tasks: [],
};

function isStrange(file: string): boolean {
  const [, room = "", name = ""] = /^src\/(\w+)\/(\w+)\.ts$/.exec(file) ?? [];
  return ALLOWED[room] !== undefined && !ALLOWED[room].includes(name);
}

describe("the package as one file", () => {
  let whole: OneFile;
  beforeAll(async () => {
    whole = await bundleWhole(root);
  });

  test("importing it for nothing leaves nothing of it", async () => {
    expect(await statementsKept(whole, 'import "package";')).toEqual([]);
  });

  test("the checks see a value made by a call that no bundler may leave out", async () => {
    const text = "var cell = made();\nfunction made() { return 1; }\nexport { cell };";
    const origins = new Map([["cell", "src/cells/cell.ts"]]);
    const kept = await statementsKept({ text, origins }, 'import "package";');
    expect(kept).toEqual([{ file: "src/cells/cell.ts", text: "var cell = made();" }]);
  });

  test.each(["readSafetensors, writeSafetensors", "split, windows", "vocabulary", "scaler"])(
    "%s alone: no network and no training",
    async (names) => {
      const kept = await filesKept(whole, `export { ${names} } from "package";`);
      expect(kept.filter((file) => /^src\/(cells|losses|optimizers|layers|models|training)\//.test(file))).toEqual([]);
    },
  );

  test("a program that trains an LSTM holds no other cell, loss or optimizer, no diagnosis and no task", async () => {
    const kept = await filesKept(whole, `export { ${TRAINING} } from "package";`);
    expect(kept).toEqual(expect.arrayContaining(["src/cells/lstm.ts", "src/losses/meanSquaredError.ts"]));
    expect(kept.filter(isStrange)).toEqual([]);
  });

  test("a program that trains an LSTM carries no part of the core that it cannot call", async () => {
    const kept = (await statementsKept(whole, `export { ${TRAINING} } from "package";`)).map(({ text }) => text).join();
    const carried = Object.entries(wholeCore).filter(([, { text }]) => kept.includes(text));
    expect(carried.map(([name]) => name).sort()).toEqual(["base", "elementwise", "lstm", "lstmCoupled", "lstmGeneral"]);
  });

  test("a loss brings the kinds of target it takes, and an answering network what it wants of them", async () => {
    const ofLosses = ["src/losses/classTargets.ts", "src/losses/labelRoom.ts", "src/losses/labelTargets.ts"];
    const ofNetworks = "src/architectures/requireTargets.ts";
    const plain = await filesKept(whole, `export { ${TRAINING} } from "package";`);
    expect(plain.filter((file) => [...ofLosses, ofNetworks].includes(file))).toEqual([]);
    const classes = await filesKept(whole, `export { ${TRAINING}, crossEntropy, oneToMany } from "package";`);
    expect(classes.filter((file) => ofLosses.includes(file))).toEqual([ofLosses[0]]);
    expect(classes).toContain(ofNetworks);
    const labels = await filesKept(whole, `export { ${TRAINING}, ctc } from "package";`);
    expect(labels.filter((file) => ofLosses.includes(file))).toEqual(ofLosses.slice(1));
  });

  test("only a network that reads tokens holds what reads them", async () => {
    const tokens = "src/data/tokenInput.ts";
    expect(await filesKept(whole, `export { ${TRAINING}, sequential } from "package";`)).not.toContain(tokens);
    expect(await filesKept(whole, 'export { embedding } from "package";')).toContain(tokens);
  });

  test("only a program that looks at gates holds what keeps them", async () => {
    const kept = "src/layers/keptGates.ts";
    expect(await filesKept(whole, `export { ${TRAINING} } from "package";`)).not.toContain(kept);
    expect(await filesKept(whole, `export { ${TRAINING}, trace } from "package";`)).toContain(kept);
  });

  test("only a program that truncates holds a window over time, that averages an average, that schedules a run", async () => {
    const machinery = [
      "src/schedules/scheduleRun.ts",
      "src/training/truncatedRows.ts",
      "src/training/truncatedWindow.ts",
      "src/training/weightAverage.ts",
    ];
    const plain = await filesKept(whole, `export { ${TRAINING} } from "package";`);
    expect(plain.filter((file) => machinery.includes(file))).toEqual([]);
    const brought = await filesKept(whole, `export { ${TRAINING}, ema, truncated, warmUp } from "package";`);
    expect(brought).toEqual(expect.arrayContaining(machinery));
  });

  test("only a program that decodes holds a beam search", async () => {
    const search = ["src/decoding/beamSearch.ts", "src/models/beamDecode.ts"];
    const streamed = await filesKept(whole, 'export { Model, encoderDecoder, generate, chooseToken } from "package";');
    expect(streamed).toContain("src/decoding/sampling.ts");
    expect(streamed.filter((file) => search.includes(file))).toEqual([]);
    const decoded = await filesKept(whole, 'export { decode } from "package";');
    expect(decoded).toEqual(expect.arrayContaining(search));
  });

  test("the checks see members that were asked for", async () => {
    const kept = await filesKept(whole, `export { ${TRAINING}, gru, ctc, gradientCheck } from "package";`);
    expect(kept).toEqual(
      expect.arrayContaining(["src/cells/gru.ts", "src/losses/ctc.ts", "src/diagnostics/gradientCheck.ts"]),
    );
  });
});

describe("recurve/predict as one file", () => {
  let text: string;
  beforeAll(async () => {
    text = await entryText("predict", ["predict"], [withoutWayBack]);
  });
  const files = () => [...text.matchAll(/^\/\/ (src\/\S+\.ts)$/gm)].map(([, file]) => file as string);

  test("holds models and formats, but no optimizer, no loss, no training, no task and no diagnosis", () => {
    expect(files()).toEqual(expect.arrayContaining(["src/models/model.ts", "src/formats/pytorch.ts"]));
    const rooms = /^src\/(optimizers|schedules|losses|training|tasks|diagnostics)\//;
    // What a mixture's output consists of is written once, for the loss and for drawing from it.
    expect(files().filter((file) => rooms.test(file))).toEqual(["src/losses/mixtureParts.ts"]);
  });

  test("asks its core for nothing that only the whole core has", () => {
    const exportsOf = (build: string) => {
      const bytes = readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
      return WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
    };
    const has = new Set(exportsOf("predict"));
    const lacks = exportsOf("release").filter((name) => !has.has(name));
    expect(lacks).toContain("recurrentBackward");
    // As a member or as a variable taken from the core, not as a word of a message.
    const asked = (name: string) =>
      new RegExp(`core\\d*\\(\\)\\.${name}\\b|\\b${name}\\b[^=;]*\\} = core\\d*\\(`).test(text);
    expect([...has].filter(asked)).toEqual(expect.arrayContaining(["recurrentForward", "gatherRows", "denseForward"]));
    expect(lacks.filter(asked)).toEqual([]);
  });
});
