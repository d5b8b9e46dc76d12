import type { Pipeline } from '../delivery/pipeline.ts';
import { noopTracker, type Tracker } from './tracker.ts';

/** Properties that did not leave, by reason, since the start. */
export interface PropertyCounters {
  unplanned_property: number;
  invalid_property: number;
}

/** The analytics half of this process: decided once by `initializeMixpanel`, so that a call only does its work. */
interface AnalyticsRuntime {
  tracker: Tracker;
  pipeline: Pipeline | undefined;
  readonly counters: PropertyCounters;
}

export const runtime: AnalyticsRuntime = {
  tracker: noopTracker,
  pipeline: undefined,
  counters: { unplanned_property: 0, invalid_property: 0 },
};
