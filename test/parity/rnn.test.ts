import { parityTests } from "./parityTests.js";

parityTests("rnn");
