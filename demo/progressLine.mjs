/**
 * A line that follows a training: rewritten in place on a terminal, one line a network when piped.
 *
 * @param {NodeJS.WriteStream} stream
 */
export function progressLine(stream) {
  let last = "";
  let key = "";
  let shown = 0;
  const rewrite = (text) => stream.write(`\r\x1b[2K${text}`);
  return {
    /** @param {import("recurve").ForecasterProgress} progress */
    show(progress) {
      const nextKey = `${progress.stage} ${progress.network}`;
      if (!stream.isTTY && key !== "" && key !== nextKey) stream.write(`${last}\n`);
      key = nextKey;
      last = describe(progress);
      if (!stream.isTTY || Date.now() - shown < 40) return;
      shown = Date.now();
      // A line longer than the terminal would wrap, and could not be rewritten.
      rewrite(last.slice(0, (stream.columns ?? 80) - 1));
    },
    /** Replaces the line by a last one. */
    end(text) {
      if (stream.isTTY) rewrite(`${text}\n`);
      else stream.write(`${last}\n${text}\n`);
    },
  };
}

const WIDTH = 24;

function describe({ stage, network, networks, epoch, epochs, loss, validationLoss, done, secondsLeft }) {
  const filled = Math.round(done * WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
  const what = { validate: "finding epochs", fit: "training", interval: "intervals" }[stage].padEnd(14);
  const held = validationLoss === undefined ? "" : `, held out ${validationLoss.toFixed(3)}`;
  const left = `${secondsLeft.toFixed(1)} s left`;
  return `${bar} ${what} network ${network}/${networks}  epoch ${String(epoch).padStart(3)}/${epochs}  loss ${loss.toFixed(3)}${held}  ${left}`;
}
