import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { EVENT_NAME } from '../event.mjs';

/** Recommended: batches of 100. Each call stringifies what is queued, so a larger window only makes it dearer. */
export const limits = { window: 1000, events: 6000 };
export const callArgument = (visitor, properties) => ({ anonymousId: visitor, event: EVENT_NAME, properties });

let client;

export async function start(url, { isRecommended, isQuiet }) {
  client = new RudderAnalytics('benchmark', {
    dataPlaneUrl: url,
    logLevel: 'none',
    ...(isRecommended && { flushAt: 100 }),
    ...(isQuiet && { flushInterval: 60_000 }),
  });
}

export function track(call) {
  client.track(call);
}

/** One call sends one batch, so until the queue is empty there are more to come. */
export async function flush() {
  do await client.flush();
  while (client.queue.length > 0);
}
export async function close() {}
