import { parityTests } from "./parityTests.js";

parityTests("onnx");
