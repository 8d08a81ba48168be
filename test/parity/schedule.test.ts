import { parityTests } from "./parityTests.js";

parityTests("schedule");
