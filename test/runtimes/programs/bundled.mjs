import { conformance } from "./conformance.mjs";
import { report } from "./report.mjs";
import * as recurve from "./used.mjs";

report((given) => conformance(recurve, given));
