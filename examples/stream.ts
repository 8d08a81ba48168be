/** Follows sensors sample by sample: the state is a value that is kept, restored and forked. */
import { dense, fit, gru, Model, meanSquaredError, sequential, stepAll } from "recurve";

const reading = (time: number) => Math.sin(time / 4) * 0.7 + Math.sin(time / 9) * 0.3;
const past = Array.from({ length: 24 }, (_, run) =>
  Array.from({ length: 60 }, (_, step) => [reading(run * 37 + step)]),
);
const data = {
  input: past.map((run) => run.slice(0, -1)),
  target: past.map((run) => run.slice(1)),
};
const model = new Model(sequential(gru(16), dense(1)), { seed: 1 });
await fit(model, data, { loss: meanSquaredError, epochs: 80, batchSize: 8 });

async function* sensor(from: number, to: number) {
  for (let time = from; time < to; time++) yield [reading(time) + (time === 1070 ? 0.8 : 0)];
}

// Each step tells the next sample; the one that is far from what was told is the odd one.
const session = model.session();
const told = new Float32Array(1);
let [time, odd, largest] = [1000, 0, 0];
for await (const sample of sensor(1000, 1075)) {
  const surprise = Math.abs((sample[0] ?? 0) - (told[0] ?? 0));
  if (time > 1020 && surprise > largest) [odd, largest] = [time, surprise];
  session.step(sample, told); // with a place for the output it allocates nothing
  time++;
}
console.log(`the odd sample came at time ${odd}`);

// A stream moves to another process as a few bytes, and goes on as if nothing had happened.
const bytes = session.snapshot();
const moved = model.session(bytes);
const same = [1075, 1076, 1077].every((now) => moved.step(reading(now))[0] === session.step(reading(now))[0]);
console.log(`after ${bytes.length} bytes it goes on the same: ${same}`);

// A fork looks ahead on what it tells itself, while the stream stays where it is.
const ahead = session.fork();
let next = ahead.step(reading(1078));
const told10 = Array.from({ length: 10 }, () => {
  const now = next;
  next = ahead.step(now);
  return now[0] ?? 0;
});
const error = told10.reduce((sum, value, lag) => sum + Math.abs(value - reading(1079 + lag)), 0) / 10;
console.log(`ten samples ahead with a mean error of ${error.toFixed(3)}; the stream is at step ${session.steps}`);

// Thousands of devices at once.
const devices = Array.from({ length: 2000 }, () => model.session());
for (let now = 0; now < 20; now++) {
  stepAll(
    devices,
    devices.map((_, device) => [reading(now + device)]),
  );
}
console.log(`${devices.length} devices are at step ${devices.at(-1)?.steps}`);
