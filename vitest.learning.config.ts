import { mergeConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

/** Trainings with bounds on what they reach: minutes. One after the other, so that each has a core to itself. */
export default mergeConfig(shared, {
  test: { include: ["test/learning/slow/**/*.test.ts"], testTimeout: 3_600_000, fileParallelism: false },
});
