import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
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
  formats: ["safetensors", "utf8"],
  losses: ["elementwise", "loss", "meanSquaredError"],
  optimizers: ["adam", "memoryPower", "moveParameters", "optimizerRule", "ruleOptions"],
  // A rate may be a list, a function or a schedule.
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
    const kept = await statementsKept(whole, 'import "package";');
    // The loader makes a TextDecoder when it is evaluated.
    const ours = kept.filter(({ file }) => !/assemblyscript\/loader|wasm\/textDecoder/.test(file));
    expect(ours).toEqual([]);
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

  test("the checks see members that were asked for", async () => {
    const kept = await filesKept(whole, `export { ${TRAINING}, gru, ctc, gradientCheck } from "package";`);
    expect(kept).toEqual(
      expect.arrayContaining(["src/cells/gru.ts", "src/losses/ctc.ts", "src/diagnostics/gradientCheck.ts"]),
    );
  });
});
