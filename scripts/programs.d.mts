import type { Plugin } from "esbuild";

export type Program = "training" | "everything" | "predict" | "load" | "layer" | "predictLayer";
export function bundleSize(name: Program, plugins?: Plugin[]): Promise<number>;
export function gzipSize(bytes: Uint8Array): number;
