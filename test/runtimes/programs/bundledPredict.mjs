import { ArgumentError, FormatError, loadModel, ShapeError, StateError } from "recurve/predict";
import { prediction } from "./conformance.mjs";
import { report } from "./report.mjs";

report((given) => prediction({ ArgumentError, FormatError, loadModel, ShapeError, StateError }, given));
