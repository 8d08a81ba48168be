import { parityTests } from "./parityTests.js";

parityTests("state_dict");
