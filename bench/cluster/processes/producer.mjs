// A service that tracks at a steady rate, by the public API. The environment says where its batches go.
import {
  closeObservability,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../../packages/common/dist/index.js';
import { EVENT_NAME, scanProperties, visitorOf } from '../../delivery/event.mjs';
import { serve } from './serve.mjs';

const TICK = 20;
const CLOSE_TIMEOUT_MS = 5000;

initializeMixpanel('benchmark-token');

/** Numbers `offset`, `offset + step`, ...: no other producer has them. By the clock: what is late is not left out. */
async function track({ count, ratePerSecond, offset, step, startAt }) {
  await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()));
  const startedAt = performance.now();
  for (let done = 0; done < count; ) {
    for (const end = Math.min(count, done + TICK); done < end; done++) {
      const number = offset + done * step;
      trackEvent(EVENT_NAME, visitorOf(number), scanProperties(number));
    }
    const dueMs = startedAt + (done * 1000) / ratePerSecond - performance.now();
    await new Promise((resolve) => (dueMs > 0 ? setTimeout(resolve, dueMs) : setImmediate(resolve)));
  }
  return { seconds: (performance.now() - startedAt) / 1000 };
}

serve({ track, stats: () => observabilityStats().lanes.import, close: () => closeObservability(CLOSE_TIMEOUT_MS) });
