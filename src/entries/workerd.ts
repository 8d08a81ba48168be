/** `recurve` for workerd: the core is a module beside it, since bytes may not be compiled at run time there. */

import module from "../wasm/core.wasm";
import { carry } from "../wasm/given.js";

export * from "../index.js";

carry(() => module);
