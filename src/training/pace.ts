/** Milliseconds of work between two breaths: half of what a page may be held up. */
const STRETCH = 25;

/** Wall time in milliseconds; 0 where the runtime has no clock. */
export function now(): number {
  return typeof performance === "undefined" ? Date.now() : performance.now();
}

/** Looking at the clock costs as much as a small step: it is looked at once in up to so many steps. */
const MOST_BETWEEN = 16;

/** Lets a page or a server breathe during long work. Where clocks stand still (Workers) it breathes every so many steps. */
export class Pace {
  #last = now();
  #looked = this.#last;
  /** Steps from one look at the clock to the next, and those left until then. */
  #between = 1;
  #left = 1;
  #stillLooks = 0;

  /** Whether it is time for a breath; to be asked once a step. */
  isDue(): boolean {
    this.#left--;
    if (this.#left > 0) return false;
    const time = now();
    const span = time - this.#looked;
    this.#looked = time;
    if (span < STRETCH / 32) this.#between = Math.min(2 * this.#between, MOST_BETWEEN);
    else if (span > STRETCH / 8) this.#between = 1;
    this.#left = this.#between;
    if (time !== this.#last) return time - this.#last > STRETCH;
    this.#stillLooks++;
    return this.#stillLooks % MOST_BETWEEN === 0;
  }

  /** Gives the event loop one turn. */
  async breathe(): Promise<void> {
    await turn();
    this.#last = now();
    this.#looked = this.#last;
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
