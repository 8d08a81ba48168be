import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const pathTo = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** `RECURVE_CORE=debug` puts the build with assertions under the facade. The examples import the package by its name. */
const alias: Record<string, string> = {
  "recurve/predict": pathTo("src/predict.ts"),
  recurve: pathTo("src/index.ts"),
  ...(process.env.RECURVE_CORE === "debug" ? { "#wasm": pathTo("test/support/debugSource.ts") } : {}),
};

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/exhaustive/**", "test/learning/slow/**", "test/models/pretrained/**", "test/runtimes/**"],
    // A busy machine is slow, not wrong: this only ends what hangs.
    testTimeout: 120_000,
    // Left alone, a processor would stay idle: half of a small machine.
    maxWorkers: "100%",
    reporters: ["default", "./scripts/closingLine.ts"],
  },
});
