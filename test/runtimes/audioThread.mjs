import { browsers, chromiumFlags } from "./browsers.mjs";
import { withPage } from "./pageServer.mjs";

/** Every so many bytes an allocation is recorded: less than the smallest object takes, hence all of them. */
const samplingInterval = 1;

/**
 * Bytes that may be seen over the 264 000 measured steps: none of them is a step's. The engine may replace compiled code
 * meanwhile, and what it keeps beside it is counted where the code runs.
 */
const mostBytes = 2048;

/**
 * Opens a page whose AudioWorklet follows a sound, and records every allocation of the audio thread while the page says so:
 * also of objects that a garbage collection has removed since.
 *
 * @throws Error when `process()`, or anything it calls, allocated
 */
export function runOnAudioThread(page) {
  return withPage(page, async (address, result) => {
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({ executablePath: browsers.Chromium.binary, args: chromiumFlags });
    try {
      const tab = await browser.newPage();
      const target = await workletsOf(tab);
      let allocated;
      await tab.exposeFunction("pause", async (moment) => {
        if (moment === "begin") await target.send("HeapProfiler.startSampling", samplingOptions);
        else allocated = allocationsIn((await target.send("HeapProfiler.stopSampling")).profile.head);
      });
      await tab.goto(address);
      const value = await result;
      if (allocated === undefined) throw new Error("the audio thread was not measured");
      const bytes = allocated.reduce((sum, { size }) => sum + size, 0);
      if (bytes > mostBytes) throw new Error(`process() allocated ${bytes} bytes: ${JSON.stringify(allocated)}`);
      return value;
    } finally {
      await browser.close();
    }
  });
}

const samplingOptions = {
  samplingInterval,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
};

/** Sends commands of the DevTools protocol to the worklet that a page attached last. */
async function workletsOf(tab) {
  const session = await tab.context().newCDPSession(tab);
  const waiting = new Map();
  let sessionId;
  let count = 0;
  session.on("Target.attachedToTarget", (event) => {
    if (event.targetInfo.type === "worklet") sessionId = event.sessionId;
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result, error } = JSON.parse(message);
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error.message));
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return {
    async send(method, params = {}) {
      if (sessionId === undefined) throw new Error("the page has no worklet");
      const id = ++count;
      const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      await session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
      return answer;
    },
  };
}

/** What functions of a script allocated, those below them included; the engine's own work has no script. */
function allocationsIn({ callFrame: { functionName, url, lineNumber }, selfSize, children }) {
  const own = url !== "" && selfSize > 0 ? [{ what: `${functionName} ${url}:${lineNumber + 1}`, size: selfSize }] : [];
  return [...own, ...children.flatMap(allocationsIn)];
}
