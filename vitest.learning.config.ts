import { mergeConfig } from "vitest/config";
import shared from "./vitest.config.js";

/** Trainings with bounds on what they reach: minutes. One after the other, so that each has a core to itself. */
const config = mergeConfig(shared, {
  test: { testTimeout: 3_600_000, fileParallelism: false },
});
config.test.include = ["test/learning/slow/**/*.test.ts"];
config.test.exclude = [];
export default config;
