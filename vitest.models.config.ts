import { defineConfig } from "vitest/config";

/** Networks of others that are too large for this repository: `npm run test:models -- --dir <folder>`. */
export default defineConfig({
  test: {
    include: ["test/models/pretrained/**/*.test.ts"],
    testTimeout: 120_000,
    reporters: ["default", "./scripts/closingLine.ts"],
  },
});
