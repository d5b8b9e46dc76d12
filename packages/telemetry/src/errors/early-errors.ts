import { core } from '../instance.ts';

/** A start that fails in a loop must not fill the memory. */
const MAX_ERRORS = 100;

type Report = () => void;

/** Errors and messages that were captured before `initializeSentry`; kept until it has decided whether error tracking is on. */
export function createEarlyErrors() {
  let reports: Report[] = [];
  let dropped = 0;
  let isDecided = false;
  return {
    /** Keeps a report, unless it is known that there will be nobody to make it to. */
    keep(report: Report): void {
      if (isDecided) return;
      if (reports.length < MAX_ERRORS) return void reports.push(report);
      dropped++;
      core.warnOnce(
        `More than ${MAX_ERRORS} errors came before initializeSentry: the rest are lost, and counted as not_initialized. Call initializeSentry first.`,
      );
    },
    stats: () => ({ kept: reports.length, dropped }),
    /** Error tracking is off: nothing is kept any more. */
    discard(): void {
      isDecided = true;
      reports = [];
      dropped = 0;
    },
    /** Error tracking is on: makes the reports, and returns how many were dropped. */
    replay(): number {
      const [waiting, lost] = [reports, dropped];
      this.discard();
      for (const report of waiting) report();
      return lost;
    },
  };
}
