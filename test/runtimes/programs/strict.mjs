import { conformance } from "./conformance.mjs";
import * as recurve from "./recurve.mjs";
import { report } from "./report.mjs";

report((given) => conformance(recurve, given));
