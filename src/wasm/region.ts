import { allocate, release } from "./memory.js";

/**
 * Blocks of the core's memory with one lifetime. A region may hold further regions; disposing it disposes them.
 * It never refers to its owner, so that the owner can be collected and a registry can dispose the region.
 */
export class Region {
  readonly #blocks: number[] = [];
  readonly #children = new Set<Region>();
  readonly #parent: Region | undefined;
  #isDisposed = false;

  constructor(parent?: Region) {
    this.#parent = parent;
    if (parent !== undefined) parent.#children.add(this);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Address of `count` float32 or int32 zeros. */
  words(count: number): number {
    return this.bytes(count * 4);
  }

  /** Address of a block of zero bytes. */
  bytes(count: number): number {
    const address = allocate(count);
    this.#blocks.push(address);
    return address;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
    for (const child of [...this.#children]) child.dispose();
    for (const address of this.#blocks) release(address);
  }
}

/** What fills a region; one that cannot be filled gives back what it has. */
export function filled<Result>(region: Region, fill: () => Result): Result {
  try {
    return fill();
  } catch (error) {
    region.dispose();
    throw error;
  }
}

/** Disposes the regions of owners that were collected; undefined where the runtime has no such registry. */
let registry: FinalizationRegistry<Region> | undefined;

/** Ties a region to its owner's life. */
export function disposeWith(owner: object, region: Region): void {
  if (typeof FinalizationRegistry === "undefined") return;
  registry ??= new FinalizationRegistry((lost) => lost.dispose());
  registry.register(owner, region, region);
}

/** Unties it: the owner was disposed by hand. */
export function forget(region: Region): void {
  registry?.unregister(region);
}
