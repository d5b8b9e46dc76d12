import type { Mixpanel } from 'mixpanel';
import type { Pipeline } from '../delivery/pipeline.ts';
import { noopTracker, type PropertyCounters, type Tracker } from './tracker.ts';

/** The analytics half of this process: decided once by `initializeMixpanel`, so that a call only does its work. */
interface AnalyticsRuntime {
  tracker: Tracker;
  pipeline: Pipeline | undefined;
  client: Mixpanel | null;
  readonly counters: PropertyCounters;
}

export const runtime: AnalyticsRuntime = {
  tracker: noopTracker,
  pipeline: undefined,
  client: null,
  counters: { unplanned_property: 0, invalid_property: 0 },
};
