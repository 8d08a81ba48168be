import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const pathTo = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** `RECURVE_CORE=debug` puts the build with assertions under the facade. The examples import the package by its name. */
const alias: Record<string, string> = {
  "recurve/predict": pathTo("src/predict.ts"),
  recurve: pathTo("src/index.ts"),
  ...(process.env.RECURVE_CORE === "debug" ? { "#wasm": pathTo("test/support/debugSource.ts") } : {}),
};

/** What all tests share. */
export const shared = defineConfig({
  resolve: { alias },
  test: {
    // A busy machine is slow, not wrong: this only ends what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Left alone, a processor would stay idle: half of a small machine.
    maxWorkers: "100%",
    reporters: ["default", "./scripts/closingLine.ts"],
  },
});

/** Tests that have a command of their own. */
const apart = ["test/exhaustive/**", "test/learning/slow/**", "test/models/pretrained/**", "test/runtimes/**"];

/** Tests that put something in the place of modules or globals, or that count what is in memory. */
const alone = readdirSync(pathTo("test"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && !file.includes("node_modules"))
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.startsWith("test/memory/") || /\bvi\.(?!fn\b)/.test(readFileSync(pathTo(file), "utf8")));

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // Most files take the library as the file before them left it, which saves a third of the time.
    projects: [
      {
        extends: true,
        test: { name: "together", include: ["test/**/*.test.ts"], exclude: [...apart, ...alone], isolate: false },
      },
      { extends: true, test: { name: "alone", include: alone, exclude: apart } },
    ],
  },
});
