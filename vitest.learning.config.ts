import { mergeConfig } from "vitest/config";
import { shared } from "./vitest.config.js";

/** Trainings with bounds on what they reach: minutes. */
export default mergeConfig(shared, {
  test: { include: ["test/learning/slow/**/*.test.ts"], testTimeout: 3_600_000 },
});
