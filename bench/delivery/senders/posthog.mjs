import { PostHog } from 'posthog-node';
import { EVENT_NAME } from '../event.mjs';

/** Recommended: batches of 1,000. The window stays under the queue's bound of 10,000. */
export const limits = { window: 5000, events: 20_000 };
export const callArgument = (visitor, properties) => ({ distinctId: visitor, event: EVENT_NAME, properties });

let client;

export async function start(url, { isRecommended, isQuiet }) {
  client = new PostHog('phc_benchmark', {
    host: url,
    ...(isRecommended && { flushAt: 1000, maxBatchSize: 1000 }),
    ...(isQuiet && { flushInterval: 60_000 }),
  });
}

export function track(call) {
  client.capture(call);
}

export const flush = () => client.flush();
export const close = () => client.shutdown(1000);
