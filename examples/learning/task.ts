/** What a network is to reach on data it has not seen. */
export interface Demand {
  /** What is measured, with its unit: "bits per character of the last tenth". */
  readonly measure: string;
  readonly most?: number;
  readonly least?: number;
  /** Digits of the figure that are shown; default 3. */
  readonly digits?: number;
  /** Processor minutes it may take; default any. */
  readonly minutes?: number;
}

/** What a task is given to run with. */
export interface Lesson {
  readonly seed: number;
  /** Whether the brief form is wanted: a smaller network or fewer updates, within half a minute. */
  readonly isBrief: boolean;
  /** A file of the examples' data, by its path in there. */
  read(file: string): Uint8Array;
  /** Says how much is done, from 0 to 1, and how it stands. */
  progress(done: number, standing: string): void;
  /** Keeps a file beside the report, such as a drawing, and gives its path. */
  keep(name: string, contents: string | Uint8Array): string;
}

/** What a task has brought. */
export interface Outcome {
  /** What was trained, in a few words: "embedding(64), lstm(256), dense(65)". */
  readonly network: string;
  /** The figure that is demanded, from data that the training has not seen. */
  readonly figure: number;
  /** Other figures to be seen beside it: baselines, counts. */
  readonly beside?: Readonly<Record<string, number | string>>;
  /** What the network makes, for people to look at. */
  readonly sample?: string;
}

/** A task that a network learns, with the figure it is held to. */
export interface LearningTask {
  /** One line that says what is learnt from what. */
  readonly title: string;
  readonly seed: number;
  readonly whole: Demand;
  /** What the brief form is held to; without it there is none. */
  readonly brief?: Demand;
  run(lesson: Lesson): Promise<Outcome>;
}
