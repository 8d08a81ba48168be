import type { FitProgress } from "../training/fitSettings.js";
import type { ForecasterOptions, ForecasterProgress } from "./forecasterOptions.js";

/** What the training of a forecaster reports to and is ended by, and how far it has come. */
export class Watch {
  readonly signal: AbortSignal | undefined;
  private readonly onProgress: ForecasterOptions["onProgress"];
  private run = 0;
  private secondsPerRun = 0;

  /** @param runs trainings of one network each */
  constructor(
    { onProgress, signal }: Pick<ForecasterOptions, "onProgress" | "signal">,
    private readonly runs: number,
  ) {
    this.onProgress = onProgress;
    this.signal = signal;
  }

  /** The runs to come are taken to be as long as this one, which patience or a smaller number of epochs may shorten. */
  show(
    place: Pick<ForecasterProgress, "stage" | "network" | "networks">,
    { epoch, epochs, examples, of, loss, validationLoss, secondsLeft }: FitProgress,
  ): void {
    const within = (epoch - 1 + examples / of) / epochs;
    if (within < 1) this.secondsPerRun = secondsLeft / (1 - within);
    this.onProgress?.({
      ...place,
      ...{ epoch, epochs, loss, ...(validationLoss === undefined ? {} : { validationLoss }) },
      done: (this.run + within) / this.runs,
      secondsLeft: secondsLeft + this.secondsPerRun * (this.runs - this.run - 1),
    });
  }

  finishRun(): void {
    this.run++;
  }
}
