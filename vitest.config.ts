import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/exhaustive/**", "test/runtimes/**"],
    // A busy machine is slow, not wrong: this only ends what hangs.
    testTimeout: 120_000,
    reporters: ["default", "./scripts/closingLine.ts"],
  },
});
