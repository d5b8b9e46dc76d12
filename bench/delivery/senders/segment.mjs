import { Analytics } from '@segment/analytics-node';
import { EVENT_NAME } from '../event.mjs';

/** Recommended: as many as fit into the 500 KB that a request of Segment may have. */
export const limits = { window: 2000, events: 10_000 };
export const callArgument = (visitor, properties) => ({ anonymousId: visitor, event: EVENT_NAME, properties });

let analytics;

export async function start(url, { isRecommended, isQuiet }) {
  analytics = new Analytics({
    writeKey: 'benchmark',
    host: url,
    ...(isRecommended && { flushAt: 500 }),
    ...(isQuiet && { flushInterval: 60_000 }),
  });
  // Without a listener an error event would end the process.
  analytics.on('error', () => {});
  await analytics.ready;
}

export function track(call) {
  analytics.track(call);
}

/** An event reaches the publisher some promises after its call; a flush before that would wait for the interval. */
export async function flush() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await analytics.flush();
}

export const close = () => analytics.closeAndFlush({ timeout: 1000 });
