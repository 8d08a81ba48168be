import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  defineSchedule,
  FormatError,
  memoryUsage,
  readSafetensors,
  sgd,
  Tensor,
  Trainer,
  windows,
  writeSafetensors,
} from "../../src/index.js";
import { checksum } from "../../src/training/saveCourse.js";
import { expectRefusal } from "../support/refusal.js";
import { begin, data, make, wave } from "./trainers.js";

/** What JSON.parse gives: to be bent at will. */
type Loose = ReturnType<typeof JSON.parse>;
const any = (value: unknown) => value as never;

describe("resume refuses", () => {
  const trainer = begin({ validation: 0.2, patience: 3, optimizer: sgd({ momentum: 0.5 }) });
  trainer.run({ batches: 7 });
  const saved = trainer.save();
  const { tensors, metadata } = readSafetensors(saved);
  const resumed =
    (bytes: Uint8Array, given: unknown = data, options?: unknown) =>
    () =>
      Trainer.resume(bytes, any(given), any(options));

  test("other data: other values, another order, fewer examples", () => {
    const { used } = memoryUsage();
    const changed = wave.map((value, index) => (index === 29 ? value + 1e-6 : value));
    for (const other of [windows(changed, { window: 5 }), data.slice(0, 24), windows(wave, { window: 6 })])
      expectRefusal(resumed(saved, other), ArgumentError, "other data", "fingerprint");
    expectRefusal(resumed(saved, { input: [], target: [] }), ArgumentError, "no examples");
    expect(memoryUsage().used).toBe(used);
  });

  test("the same data in another form are the same", () => {
    const input = Array.from({ length: data.count }, (_, index) => wave.slice(index, index + 5).map((x) => [x]));
    const target = Array.from({ length: data.count }, (_, index) => wave[index + 5] as number);
    expect(resumed(saved, { input, target })().updates).toBe(7);
  });

  test("what stands in the place of metrics or listeners, as a new trainer does", () => {
    for (const metrics of [0, "accuracy"])
      expectRefusal(resumed(saved, data, { metrics }), ArgumentError, "metrics must be a list");
    for (const listener of [null, 0, ""]) {
      expectRefusal(resumed(saved, data, { onEpoch: listener }), ArgumentError, "onEpoch must be a function");
      expectRefusal(resumed(saved, data, { onUpdate: listener }), ArgumentError, "onUpdate must be a function");
    }
  });

  test("any single byte turned over, and any part of the file", () => {
    const { used } = memoryUsage();
    for (let at = 0; at < saved.length; at++) {
      const damaged = saved.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      expect(resumed(damaged), `byte ${at}`).toThrow(FormatError);
    }
    for (const length of [0, 7, 8, 100, saved.length - 1])
      expectRefusal(resumed(saved.slice(0, length)), FormatError, "trainer file");
    expect(memoryUsage().used).toBe(used);
  });

  test("files that are no trainer's, and a trainer's where a model is wanted", () => {
    expectRefusal(resumed(make().save()), FormatError, "holds a model, not a trainer");
    expectRefusal(resumed(writeSafetensors(tensors)), FormatError, "not written by recurve");
    expectRefusal(resumed(any("bytes")), ArgumentError, "Uint8Array");
  });

  const rewritten = (change: (content: Record<string, unknown>) => void) => {
    const content = JSON.parse(metadata.recurve as string);
    change(content);
    return writeSafetensors(tensors, { ...metadata, recurve: JSON.stringify(content) });
  };

  test("a newer format, and a text that was changed by hand", () => {
    expectRefusal(resumed(rewritten((content) => (content.format = 2))), FormatError, "format 2", "Update recurve");
    expectRefusal(resumed(rewritten((content) => (content.draws = 3))), FormatError, "checksum");
  });

  /** A file that somebody wrote with care: whatever it says, its checksum fits. */
  const forged = (change: (content: Loose) => void, kept = tensors) => {
    const content = JSON.parse(metadata.recurve as string);
    change(content);
    const text = JSON.stringify(content);
    return writeSafetensors(kept, { recurve: text, checksum: checksum(text, kept) });
  };

  /** Says in another way, or in none, how gradients are clipped. */
  const swapClip = ({ settings }: Loose, clip: object) => {
    delete settings.clipNorm;
    Object.assign(settings, clip);
  };

  test.each<[string, (content: Loose) => void, string[]]>([
    ["a loss", (content) => (content.loss.name = "guess"), ['the loss "guess" is not known', "meanSquaredError"]],
    [
      "an optimizer",
      (content) => (content.optimizer.name = "toString"),
      ['the optimizer "toString" is not known', "adam"],
    ],
    ["options of an optimizer", (content) => (content.optimizer.options.speed = 9), ["optimizer cannot be", '"speed"']],
    ["a layer", (content) => (content.network.config.layers[0].type = "quantum"), ['"quantum"']],
    ["a cell", (content) => (content.network.config.layers[0].config.cell = "ltsm"), ["ltsm"]],
    [
      "a schedule",
      (content) => (content.schedule = { name: "up", options: {}, numbers: [] }),
      ['schedule "up" is not known'],
    ],
    ["a frozen parameter", (content) => content.frozen.push("nobody"), ["nobody"]],
    ["rates of a parameter", (content) => content.rates.push(["nobody", 1, 0]), ["nobody"]],
    ["a negative rate", (content) => content.rates.push(["rnn.weight_ih_l0", -1, 0]), ['"rates"']],
    ["a rate without a decay", (content) => content.rates.push(["rnn.weight_ih_l0", 1]), ['"rates"']],
    [
      "an average",
      (content) => (content.averaging = { name: "swa", options: {} }),
      ['averaging "swa" is not known', "ema"],
    ],
    [
      "options of an average",
      (content) => (content.averaging = { name: "ema", options: { decay: 2 } }),
      ["averaging cannot be", "decay of ema"],
    ],
    ["an average that is not in it", (content) => (content.averaging = { name: "ema", options: {} }), ['"average.']],
    ["half a batch an update", (content) => (content.settings.accumulate = 0.5), ["accumulate"]],
    ["a clip of nothing", (content) => (content.settings.clipNorm = 0), ['"settings"']],
    ["a clip as text", (content) => swapClip(content, { clipValue: "1" }), ['"settings"']],
    ["no clip", (content) => swapClip(content, { clipParameterNorm: null }), ['"settings"']],
    ["two clips", (content) => (content.settings.clipValue = 1), ['"settings"']],
    ["two other clips", (content) => swapClip(content, { clipValue: 1, clipParameterNorm: 1 }), ['"settings"']],
    ["an ending", (content) => (content.standing.stopped = "tired"), ['"standing.stopped"']],
    ["more numbers", (content) => content.optimizer.numbers.push(1), ["keeps 0 numbers"]],
    ["a batch size", (content) => (content.settings.batchSize = 0), ["batchSize"]],
  ])("a file that names something unknown or senseless: %s", (_name, change, texts) => {
    const { used } = memoryUsage();
    expectRefusal(resumed(forged(change)), FormatError, ...texts);
    expect(memoryUsage().used).toBe(used);
  });

  test("a carried state of another length, or of fewer layers", () => {
    const carrying = begin({ batchSize: 1, shuffle: false, carryState: true });
    carrying.run({ batches: 3 });
    const file = readSafetensors(carrying.save());
    const text = file.metadata.recurve as string;
    const given = (length: number) => {
      const kept = new Map(file.tensors).set("carried.0", new Tensor(new Float32Array(length), [length]));
      return writeSafetensors(kept, { recurve: text, checksum: checksum(text, kept) });
    };
    expect(resumed(given(8))().updates).toBe(3);
    const { used } = memoryUsage();
    for (const length of [0, 4, 64, 3000])
      expectRefusal(resumed(given(length)), FormatError, `"carried.0" has shape [${length}]`, "needs [8]");
    expect(memoryUsage().used).toBe(used);
  });

  test("a file in which any field or tensor is missing", () => {
    const { used } = memoryUsage();
    const whole = JSON.parse(metadata.recurve as string);
    const paths = Object.keys(whole).flatMap((key) => [
      [key],
      ...Object.keys(whole[key] ?? {}).map((inner) => [key, inner]),
    ]);
    for (const [key = "", inner] of paths) {
      // An optimizer or a layer without one of its options is one with its default.
      if (inner !== undefined && !["optimizer", "standing", "stopping", "settings"].includes(key)) continue;
      const remove = (content: Loose) => delete (inner === undefined ? content : content[key])[inner ?? key];
      expect(resumed(forged(remove)), `${key} ${inner ?? ""}`).toThrow(FormatError);
    }
    for (const name of tensors.keys()) {
      const kept = new Map([...tensors].filter(([other]) => other !== name));
      expectRefusal(resumed(forged(() => {}, kept)), FormatError, `tensor "${name}" is missing`);
    }
    expect(memoryUsage().used).toBe(used);
  });

  test("what a file does not hold, and what was not given before", () => {
    const validation = data.slice(20, 25);
    expectRefusal(resumed(saved, data, { validation }), ArgumentError, "the last 0.2 of its own data");
    expectRefusal(resumed(saved, data, { loss: () => ({}) }), ArgumentError, "loss is meanSquaredError");
    expectRefusal(resumed(saved, data, { losses: {} }), ArgumentError, 'no option "losses"');
    const own = begin({
      loss: (prediction) => ({ loss: 1, gradient: prediction.data }),
      schedule: defineSchedule({ name: "mine", options: { from: 2 }, rate: (_update, base) => base }),
      validation,
    });
    const bytes = own.save();
    const loss = () => ({ loss: 1, gradient: [0] });
    const schedules = { mine: () => defineSchedule({ name: "mine", options: {}, rate: () => 1 }) };
    expectRefusal(resumed(bytes, data, { schedules, validation }), ArgumentError, "function of your own", "{ loss }");
    expectRefusal(resumed(bytes, data, { loss, schedules }), ArgumentError, "validation", "give them again");
    expectRefusal(
      resumed(bytes, data, { loss, schedules, validation: data.slice(19, 24) }),
      ArgumentError,
      "other validation data",
    );
    expectRefusal(
      resumed(bytes, data, { loss, validation }),
      FormatError,
      'schedule "mine" is not known',
      "schedules: { mine",
    );
    expect(resumed(bytes, data, { loss, schedules, validation })().updates).toBe(0);
    expectRefusal(resumed(begin().save(), data, { validation }), ArgumentError, "begun with no validation data");
  });
});
