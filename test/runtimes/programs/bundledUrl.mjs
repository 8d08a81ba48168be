import * as recurve from "recurve/url";
import { conformance } from "./conformance.mjs";
import { report } from "./report.mjs";

report(async (given) => {
  await recurve.ready();
  return conformance(recurve, given);
});
