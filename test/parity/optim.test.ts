import { parityTests } from "./parityTests.js";

parityTests("optim");
