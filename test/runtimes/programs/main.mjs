import * as recurve from "recurve";
import { conformance } from "./conformance.mjs";
import { given } from "./given.mjs";

console.log(JSON.stringify(conformance(recurve, given)));
