import { parityTests } from "./parityTests.js";

parityTests("activation");
