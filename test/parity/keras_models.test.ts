import { parityTests } from "./parityTests.js";

parityTests("keras_models");
