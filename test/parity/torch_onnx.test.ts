import { parityTests } from "./parityTests.js";

parityTests("torch_onnx");
