/** Milliseconds of work between two breaths: half of what a page may be held up. */
const STRETCH = 25;

/** Wall time in milliseconds; 0 where the runtime has no clock. */
export function now(): number {
  return typeof performance === "undefined" ? Date.now() : performance.now();
}

/** Lets a page or a server breathe during long work. Where clocks stand still (Workers) it breathes every so many updates. */
export class Pace {
  #last = now();
  #updates = 0;

  /** Whether it is time for a breath. */
  isDue(): boolean {
    this.#updates++;
    if ((this.#updates & 15) === 0 && now() === this.#last) return (this.#updates & 255) === 0;
    return now() - this.#last > STRETCH;
  }

  /** Gives the event loop one turn. */
  async breathe(): Promise<void> {
    await turn();
    this.#last = now();
  }
}

/** One turn of the event loop, as soon as the runtime allows. */
function turn(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  if (typeof scheduler?.yield === "function") return scheduler.yield();
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  if (typeof MessageChannel === "function") {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    });
  }
  return new Promise((resolve) => setTimeout(resolve, 0));
}
