import type { FunnelEntry } from './funnel-entries.ts';

/** One step of a funnel, in the words of the vendor. Times are in seconds, and null where there is nothing to measure. */
export interface StepFigures {
  readonly event: string;
  readonly goal: string;
  readonly step_label: string;
  readonly count: number;
  /** Of those at the step before. */
  readonly step_conv_ratio: number;
  /** Of those at the first step. */
  readonly overall_conv_ratio: number;
  /** From the step before, on average. */
  readonly avg_time: number | null;
  /** From the first step, on average. */
  readonly avg_time_from_start: number | null;
}

/** The steps with what stands out of them. */
export interface FunnelFigures {
  readonly steps: readonly StepFigures[];
  readonly analysis: {
    readonly completion: number;
    readonly starting_amount: number;
    readonly steps: number;
    /** The index of the step that keeps the least of those before it. */
    readonly worst: number;
  };
}

/** Adds up entries. */
export class FunnelTally {
  readonly #events: readonly string[];
  readonly #counts: number[];
  readonly #msFromPrevious: number[];
  readonly #msFromStart: number[];

  /** @param events - that of each step */
  constructor(events: readonly string[]) {
    this.#events = events;
    this.#counts = events.map(() => 0);
    this.#msFromPrevious = events.map(() => 0);
    this.#msFromStart = events.map(() => 0);
  }

  get entries(): number {
    return this.#counts[0] ?? 0;
  }

  add({ times }: FunnelEntry): void {
    const start = times[0] ?? 0;
    times.forEach((time, step) => {
      this.#counts[step] = (this.#counts[step] ?? 0) + 1;
      // A step that the grace let come first took no time.
      const fromPrevious = Math.max(0, time - (times[step - 1] ?? start));
      this.#msFromPrevious[step] = (this.#msFromPrevious[step] ?? 0) + fromPrevious;
      this.#msFromStart[step] = (this.#msFromStart[step] ?? 0) + Math.max(0, time - start);
    });
  }

  figures(): FunnelFigures {
    const steps = this.#events.map((event, step) => this.#step(event, step));
    const later = steps.slice(1).map(({ step_conv_ratio }) => step_conv_ratio);
    const analysis = {
      completion: steps.at(-1)?.count ?? 0,
      starting_amount: this.entries,
      steps: steps.length,
      worst: later.indexOf(Math.min(...later)) + 1,
    };
    return { steps, analysis };
  }

  #step(event: string, step: number): StepFigures {
    const count = this.#counts[step] ?? 0;
    const before = this.#counts[step - 1] ?? count;
    const seconds = (ms: readonly number[]): number | null =>
      step === 0 || count === 0 ? null : Math.round((ms[step] ?? 0) / count) / 1000;
    return {
      event,
      goal: event,
      step_label: event,
      count,
      step_conv_ratio: step === 0 ? 1 : ratio(count, before),
      overall_conv_ratio: step === 0 ? 1 : ratio(count, this.entries),
      avg_time: seconds(this.#msFromPrevious),
      avg_time_from_start: seconds(this.#msFromStart),
    };
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
