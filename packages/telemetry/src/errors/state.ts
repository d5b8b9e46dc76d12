import type { Pipeline } from '@qr/delivery';
import type { Event } from '@sentry/node';
import type { LaneName } from '../destinations/lanes.ts';
import { core } from '../instance.ts';
import { createScrubber, defaultScrubber, type Scrubber, type ScrubberOptions } from '../privacy/index.ts';
import { createEarlyErrors } from './early-errors.ts';
import { unlimited } from './error-budget.ts';
import { createReports } from './reports.ts';
import { noTraces } from './sample-rates.ts';
import { isSdkId } from './sdk-ids.ts';

/** The error half of this process: decided once by `initializeSentry`. */
export const sentryState = {
  isOn: false,
  /** Which share of traces is recorded. */
  sampleRateOf: noTraces,
  /** How errors are delivered; `undefined` while error tracking is off. */
  pipeline: undefined as Pipeline<LaneName> | undefined,
  /** The pipeline before it was closed, which counts what comes too late. */
  closed: undefined as Pipeline<LaneName> | undefined,
  early: createEarlyErrors(),
  /** What error tracking was turned on with, while it is on. */
  started: undefined as { readonly name: string; readonly dsn: string } | undefined,
  /** Which errors are worth an event. */
  budget: unlimited,
  /** What cleans everything that is sent. */
  scrubber: defaultScrubber as Scrubber,
  /** The scrubber for whole payloads of the SDK: its ids stay, and user ids are as everywhere. */
  redactTelemetry: defaultScrubber.redactExcept(idOfTelemetry),
  /** The same for log lines, which name them in camelCase. */
  redactLine: defaultScrubber.redactExcept(idOfLine),
  /** Makes the paths of an event's stack frames relative to the application's root, in place. */
  relateFrames: (_event: Event): void => {},
  /** Returns how many errors wait for their source lines: they are in memory only. */
  countUnfinished: () => 0,
  /** Errors that were reported outside of any request or job. */
  reportsOutside: createReports(),
};

/** Sets up the scrubber; returns a sentence for each option that could not be used as it was. */
export function configureScrubber(options: ScrubberOptions): readonly string[] {
  const scrubber = createScrubber(options);
  sentryState.scrubber = scrubber;
  sentryState.redactTelemetry = scrubber.redactExcept(idOfTelemetry);
  sentryState.redactLine = scrubber.redactExcept(idOfLine);
  return scrubber.problems;
}

function idOfTelemetry(key: string, text: string): string | undefined {
  return isSdkId(key, text) ? text : core.people.personalIdUnder(key, text);
}

function idOfLine(key: string, text: string): string | undefined {
  return isIdOfLine(key, text) ? text : core.people.personalIdUnder(key, text);
}

function isIdOfLine(key: string, text: string): boolean {
  // Cheaper than taking each key apart.
  if (![16, 32, 36].includes(text.length)) return false;
  return isSdkId(
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    text,
  );
}
