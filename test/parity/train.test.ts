import { parityTests } from "./parityTests.js";

parityTests("train");
