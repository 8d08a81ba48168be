import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { weightsFile } from "./bundle.mjs";

/** The whole package in this process, from the project that the Worker takes its part from. */
export function libraryOf(directory) {
  return createRequire(join(directory, "package.json"))("recurve");
}

/** A device as it must be: an uncut session of the same weights in this process. */
export class Reference {
  #session;
  #monitor;
  #told = null;

  constructor(library, bytes = readFileSync(weightsFile)) {
    this.#session = library.loadModel(bytes).session();
    this.#monitor = JSON.parse(library.readSafetensors(bytes).metadata.monitor);
  }

  /** The Worker's answer to readings, every number to the last bit. */
  observe(...values) {
    const { shift, scale, spread, threshold, warmUp } = this.#monitor;
    const readings = values.map((value) => {
      const isScored = this.#told !== null && this.#session.steps >= warmUp;
      const score = isScored ? Math.abs(value - this.#told.value) / this.#told.deviation : null;
      const [mean, variance] = this.#session.step((value - shift) / scale);
      this.#told = { value: shift + scale * mean, deviation: scale * spread * Math.sqrt(variance) };
      return { score, isAnomaly: isScored && score > threshold };
    });
    return { ...this.state, readings };
  }

  /** Begins as a device does that was given a snapshot: without a forecast. */
  restart() {
    this.#told = null;
  }

  get state() {
    return { steps: this.#session.steps, forecast: this.#told };
  }

  get snapshot() {
    return this.#session.snapshot();
  }
}
