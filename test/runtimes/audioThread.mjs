import { browsers, chromiumFlags } from "./browsers.mjs";
import { withPage } from "./pageServer.mjs";

/** Every so many bytes an allocation is recorded: less than the smallest object takes, hence all of them. */
const samplingInterval = 1;

/**
 * Opens a page whose AudioWorklet follows a sound, and records every allocation of the audio thread from each pause that the
 * page makes to the next: also of objects that a garbage collection has removed since. A step that allocates does so in each
 * of these spans. In one of them the engine may finish code that it compiled meanwhile, which counts as allocated by the
 * function that happens to run.
 *
 * @throws Error when `process()`, or anything it calls, allocated in every span
 */
export function runOnAudioThread(page) {
  return withPage(page, async (address, result) => {
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({ executablePath: browsers.Chromium.binary, args: chromiumFlags });
    try {
      const tab = await browser.newPage();
      const target = await workletsOf(tab);
      const spans = [];
      let isSampling = false;
      await tab.exposeFunction("pause", async () => {
        if (isSampling) spans.push(allocationsIn((await target.send("HeapProfiler.stopSampling")).profile.head));
        await target.send("HeapProfiler.startSampling", samplingOptions);
        isSampling = true;
      });
      await tab.goto(address);
      const value = await result;
      if (spans.length === 0) throw new Error("the audio thread was not measured");
      if (spans.every(({ length }) => length > 0))
        throw new Error(`process() allocated in each span of time: ${JSON.stringify(spans)}`);
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
