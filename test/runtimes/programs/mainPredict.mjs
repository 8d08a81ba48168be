import * as recurve from "recurve/predict";
import { prediction } from "./conformance.mjs";
import { given } from "./given.mjs";

console.log(JSON.stringify(prediction(recurve, given)));
