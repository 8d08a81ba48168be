import { conformance } from "./conformance.mjs";
import { follower } from "./follower.mjs";
import * as recurve from "./recurve.mjs";
import { bytesOf } from "./stream.mjs";

/** A processor whose work may fail before there is any sound: it says so, since errors in a constructor are not told. */
class Reporting extends AudioWorkletProcessor {
  report(work) {
    try {
      this.port.postMessage({ value: work() });
    } catch (error) {
      this.port.postMessage({ error: `${error}\n${error.stack}` });
    }
  }

  process() {
    return true;
  }
}

/** Runs the whole program where sound is made. */
class Conformance extends Reporting {
  constructor({ processorOptions: { given } }) {
    super();
    this.report(() => conformance(recurve, given));
  }
}

/** Follows a sound with a model. */
class Follower extends Reporting {
  constructor({ processorOptions: { file } }) {
    super();
    this.report(() => {
      this.follow = follower(recurve, bytesOf(file));
    });
  }

  process(inputs, outputs) {
    const input = inputs[0][0];
    if (input !== undefined) this.follow(input, outputs[0][0]);
    return true;
  }
}

registerProcessor("conformance", Conformance);
registerProcessor("follower", Follower);
