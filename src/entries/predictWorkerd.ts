/** `recurve/predict` for workerd: the core is a module beside it, since bytes may not be compiled at run time there. */

import { carry } from "../wasm/given.js";
import module from "../wasm/predict.wasm";

export * from "../predict.js";

carry(() => module);
