import { parityTests } from "./parityTests.js";

parityTests("loss");
