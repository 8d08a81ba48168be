/**
 * Trains a forecaster away from the page, so that the page stays awake. Import maps do not reach into workers, so the page says
 * where the library is.
 */
addEventListener("message", async ({ data: { library, values, options } }) => {
  try {
    const { Forecaster } = await import(library);
    const onProgress = (progress) => postMessage({ progress });
    const forecaster = await Forecaster.train(values, { ...options, seed: 1, onProgress });
    const { forecast, lower, upper } = forecaster.predictInterval(values);
    postMessage({ ahead: { forecast, lower, upper, interval: options.interval }, settings: forecaster.settings });
  } catch (error) {
    postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
});
