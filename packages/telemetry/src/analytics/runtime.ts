import type { Pipeline, Transport } from '@qr/delivery';
import type { LaneName } from '../destinations/lanes.ts';
import { createEarlyCalls } from './early-calls.ts';
import type { Tracker } from './tracker.ts';

/** Properties that did not leave, by reason, since the start. */
export interface PropertyCounters {
  unplanned_property: number;
  invalid_property: number;
}

/** The analytics half of this process: decided once by `initializeMixpanel`, so that a call only does its work. */
interface AnalyticsRuntime {
  tracker: Tracker;
  pipeline: Pipeline<LaneName> | undefined;
  /** The pipeline before it was closed, which counts what comes too late. */
  closed: Pipeline<LaneName> | undefined;
  /** What analytics were started with, while they are on. */
  started: { readonly token: string | undefined; readonly transport: Transport | undefined } | undefined;
  readonly counters: PropertyCounters;
}

export const earlyCalls = createEarlyCalls();

export const runtime: AnalyticsRuntime = {
  tracker: earlyCalls.tracker,
  pipeline: undefined,
  closed: undefined,
  started: undefined,
  counters: { unplanned_property: 0, invalid_property: 0 },
};
