import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ArgumentError, describeOnnx, FormatError, loadOnnx, memoryUsage } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const fileOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/torch_onnx/${name}.onnx`, import.meta.url)));
/** A small one, and one with the arithmetic of open axes in it. */
const small = fileOf("rnn_tanh_state_nobias");
const open = fileOf("lstm_last_dynamic");

/** Takes a file as it is: refused, or a whole model. */
function attempt(bytes: Uint8Array): "refused" | "read" {
  try {
    const { inputs } = describeOnnx(bytes);
    using model = loadOnnx(bytes);
    expect(inputs.length).toBeGreaterThan(0);
    expect(model.predict([[1, 2, 3]]).data.length).toBeGreaterThan(0);
    return "read";
  } catch (error) {
    expect(error, `${(error as Error).stack}`).toBeInstanceOf(FormatError);
    return "refused";
  }
}

describe("damaged ONNX files", () => {
  test("a file cut short anywhere is refused", () => {
    const { used } = memoryUsage();
    for (const [file, step] of [
      [small, 1],
      [open, 41],
    ] as const) {
      for (let length = 0; length < file.length; length += step)
        expectRefusal(() => loadOnnx(file.subarray(0, length)), FormatError);
    }
    expect(memoryUsage().used).toBe(used);
  });

  test.each([
    ["small", small, 1],
    ["open", open, 23],
  ] as const)("a file with any one byte turned over is refused, or is a whole model: %s", (_, file, step) => {
    const { used } = memoryUsage();
    const seen = new Set<string>();
    for (let at = 0; at < file.length; at += step) {
      const bytes = file.slice();
      bytes[at] = (bytes[at] as number) ^ ([0x01, 0x10, 0x80, 0xff][at % 4] as number);
      seen.add(attempt(bytes));
    }
    // Weights and names may be others, sizes and tags may not.
    expect(seen).toEqual(new Set(["refused", "read"]));
    expect(memoryUsage().used).toBe(used);
  });

  test.each([
    ["nothing", new Uint8Array(0), ["it holds no graph"]],
    ["a text", new TextEncoder().encode('{"format":"layers-model"}'), ["byte 0", "is it ONNX?"]],
    ["a varint that never ends", Uint8Array.from(new Array(12).fill(0xff)), ["byte 0", "more than 10 bytes"]],
    ["a run longer than the file", Uint8Array.of(0x3a, 0x05, 0x0a), ["byte 0", "ends behind byte 3"]],
    ["a group", Uint8Array.of(0x0b, 0x0c), ["byte 0", "begins no field"]],
  ] as const)("%s is no ONNX", (_, bytes, texts) => expectRefusal(() => loadOnnx(bytes), FormatError, ...texts));

  test("what is no bytes, and options that nobody knows, are the caller's", () => {
    expectRefusal(() => loadOnnx(any("model.onnx")), ArgumentError, "loadOnnx wants a Uint8Array or an ArrayBuffer");
    expectRefusal(() => describeOnnx(any(7)), ArgumentError, "describeOnnx wants");
    expectRefusal(() => loadOnnx(small, any({ outputs: "h_n" })), ArgumentError, 'no option "outputs"');
    expectRefusal(() => loadOnnx(small, any({ output: 3 })), ArgumentError, "output of loadOnnx must be a text");
    expectRefusal(() => loadOnnx(small, { output: "logits" }), ArgumentError, 'no output "logits"', '"output", "h_n"');
  });
});
