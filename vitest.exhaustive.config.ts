import { defineConfig } from "vitest/config";

/** Every float32 there is: minutes rather than seconds, so it runs apart from `npm test`. */
export default defineConfig({
  test: {
    include: ["test/exhaustive/**/*.test.ts"],
    testTimeout: 0,
    reporters: ["default", "./scripts/closingLine.ts"],
  },
});
