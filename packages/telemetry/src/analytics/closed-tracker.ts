import { core } from '../instance.ts';
import type { Tracker } from './tracker.ts';

/** Returns a tracker whose pipeline is closed: it says once that calls came too late, and lets the pipeline count them. */
export function closedTracker(tracker: Tracker): Tracker {
  const late = () =>
    core.warnOnce(
      'An analytics call came after closeObservability: it was not sent, and is counted as closed. Call initializeMixpanel to start again.',
    );
  return {
    event(...call) {
      late();
      tracker.event(...call);
    },
    profile(...call) {
      late();
      tracker.profile(...call);
    },
    merge(...call) {
      late();
      tracker.merge(...call);
    },
    revenue(...call) {
      late();
      tracker.revenue(...call);
    },
    forget(id) {
      tracker.forget(id);
    },
  };
}
