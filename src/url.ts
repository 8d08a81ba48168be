/**
 * All of `recurve`, its core fetched as a file of its own beside the bundle: for pages that want it cached apart or forbid large scripts.
 * Nothing runs before {@link ready} has settled. Not for Node, whose `fetch` refuses files.
 *
 * @module recurve/url
 */

export * from "./index.js";
export { ready } from "./wasm/beside.js";
