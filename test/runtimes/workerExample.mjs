import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "examples", "worker", "test");
const installed = join(project, "node_modules");

/** The Worker of examples/worker with the packed package; workerd and Miniflare are installed in its own directory. */
export const workerExample = {
  name: "examples/worker",
  part: "none",
  project,
  needs: join(installed, "miniflare"),
  version: () => JSON.parse(readFileSync(join(installed, "workerd", "package.json"), "utf8")).version,
  async run(stage) {
    const { runWorkerExample } = await import("../../examples/worker/test/index.mjs");
    return runWorkerExample(stage);
  },
};
