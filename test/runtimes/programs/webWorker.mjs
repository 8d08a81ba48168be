import { conformance } from "./conformance.mjs";
import * as recurve from "./recurve.mjs";

addEventListener("message", ({ data }) => postMessage(conformance(recurve, data)));
