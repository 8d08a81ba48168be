import * as recurve from "recurve";
import { conformance } from "./conformance.mjs";

console.log(JSON.stringify(conformance(recurve)));
