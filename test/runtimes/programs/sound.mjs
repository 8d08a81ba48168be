import { loadModel } from "./recurve.mjs";
import { bytesOf } from "./stream.mjs";

const rate = 48_000;
const seconds = 10;
/** Seconds between which the audio thread may not allocate: the engine has optimized the code by then, or most of it. */
const pauses = [4, 5, 6, 7, 8, 9];

/** Runs the whole program in the scope of an AudioWorklet. */
export async function runProgram(given) {
  const { context, said } = await begin("conformance", { given }, rate / 100);
  const result = await said;
  await context.startRendering();
  return result;
}

/**
 * Renders seconds of sound through a model and holds the output against the model's prediction, bit for bit. The scope is new:
 * it has only ever seen the arrays of `process()`.
 *
 * @param pause called again and again while rendering stands still, where someone measures in between
 */
export async function follow(file, pause) {
  const frames = pause === undefined ? rate : rate * seconds;
  const { context, node, said } = await begin("follower", { file }, frames);
  const samples = Float32Array.from({ length: frames }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5);
  const sound = new AudioBuffer({ length: frames, sampleRate: rate });
  sound.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer: sound });
  source.connect(node);
  source.start();
  if (pause !== undefined) {
    for (const second of pauses)
      context.suspend(second).then(async () => {
        await pause();
        context.resume();
      });
  }
  await said;
  const rendered = (await context.startRendering()).getChannelData(0);
  const model = loadModel(bytesOf(file));
  const { data, shape } = model.predict(Array.from(samples.slice(0, rate), (sample) => [sample, 1]));
  for (let i = 0; i < rate; i++)
    if (rendered[i] !== data[i * shape[1]]) throw new Error(`sample ${i} is ${rendered[i]}, not ${data[i * shape[1]]}`);
}

/** A context that renders `frames` through one processor; `said` is settled when the processor is made. */
async function begin(name, processorOptions, frames) {
  const context = new OfflineAudioContext(1, frames, rate);
  await context.audioWorklet.addModule("./worklet.mjs");
  const node = new AudioWorkletNode(context, name, { processorOptions, numberOfInputs: 1, outputChannelCount: [1] });
  node.connect(context.destination);
  const said = new Promise((resolve, reject) => {
    node.port.onmessage = ({ data: { value, error } }) =>
      error === undefined ? resolve(value) : reject(new Error(error));
    node.onprocessorerror = () => reject(new Error(`the processor ${name} failed`));
  });
  return { context, node, said };
}
