/** Milliseconds of work between two breaths: half of what a page may be held up. */
const STRETCH = 25;
/** A step that would end later than this is not begun: what a page may be held up, with some room. */
const LATEST = 40;
/** The clock is looked at about so many times in a stretch. */
const LOOKS = 8;
/** Multiply-adds between two breaths where the clock stands still: 20 ms at 0.25 a nanosecond, as small networks do. */
const STILL_STRETCH = 5_000_000;

/** Wall time in milliseconds; 0 where the runtime has no clock. */
export function now(): number {
  if (typeof performance !== "undefined") return performance.now();
  return typeof Date === "undefined" ? 0 : Date.now();
}

/**
 * Lets a page or a server breathe during long work. It counts work, and looks at the clock now and then to learn how much
 * of it makes a stretch; where clocks stand still (Workers) a stretch is a fixed amount.
 */
export class Pace {
  #last = now();
  /** Work since the last breath, and that left until the next look at the clock. */
  #done = 0;
  #left = 0;

  /** Whether it is time for a breath, after some work in multiply-adds. */
  isDue(work: number): boolean {
    this.#done += work;
    this.#left -= work;
    if (this.#left > 0) return false;
    const elapsed = now() - this.#last;
    const withNext = elapsed * (1 + work / this.#done);
    if (elapsed >= STRETCH || withNext > LATEST) return true;
    if (elapsed <= 0) return this.#isStill();
    // What the stretch still holds at the speed seen so far; short spans tell a speed badly, hence at most as much again.
    const rest = Math.max(STRETCH / LOOKS, (STRETCH - elapsed) / 2);
    this.#left = Math.min((this.#done / elapsed) * rest, this.#done);
    return false;
  }

  #isStill(): boolean {
    this.#left = Math.min(this.#done, STILL_STRETCH - this.#done);
    return this.#done >= STILL_STRETCH;
  }

  /** Gives the event loop one turn. */
  async breathe(): Promise<void> {
    await turn();
    this.#last = now();
    this.#done = 0;
    this.#left = 0;
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
