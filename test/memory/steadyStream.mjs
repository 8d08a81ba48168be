/** node --expose-gc steadyStream.mjs BUNDLE: what many steps of sessions leave behind; prints JSON. */
import { measure, recurve } from "./measure.mjs";

const { dense, gru, lastStep, lstm, Model, residual, sequential, stepAll } = recurve;
const STEPS = 1_000_000;
const SESSIONS = 200;

const small = new Model(lstm(2), { inputSize: 1 });
const single = small.session();
const [one, two] = [new Float32Array([0.5]), new Float32Array(2)];
const deep = new Model(sequential(lstm(3), gru(5), lastStep(), dense(2)), { inputSize: 3 });
const stacked = deep.session();
const bypassed = new Model(sequential(residual(gru(3)), dense(2)), { inputSize: 3 }).session();
const row = [0.1, 0.2, 0.3];
const many = Array.from({ length: SESSIONS }, () => small.session());
const [inputs, outputs] = [new Float32Array(SESSIONS).fill(0.5), new Float32Array(2 * SESSIONS)];

const found = {
  single: await measure(STEPS, (calls) => {
    for (let call = 0; call < calls; call++) single.step(one, two);
  }),
  number: await measure(STEPS, (calls) => {
    for (let call = 0; call < calls; call++) single.step(0.25, two);
  }),
  stacked: await measure(STEPS / 4, (calls) => {
    for (let call = 0; call < calls; call++) stacked.step(row, two);
  }),
  residual: await measure(STEPS / 4, (calls) => {
    for (let call = 0; call < calls; call++) bypassed.step(row, two);
  }),
  stepAll: await measure(STEPS / SESSIONS, (calls) => {
    for (let call = 0; call < calls; call++) stepAll(many, inputs, outputs);
  }),
};
console.log(JSON.stringify(found));
