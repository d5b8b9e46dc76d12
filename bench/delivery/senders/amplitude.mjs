import { createInstance, Types } from '@amplitude/analytics-node';
import { EVENT_NAME } from '../event.mjs';

/** Recommended for many events: the batch endpoint, 1,000 a request. */
export const limits = { window: 5000, events: 10_000 };
export const callArgument = (visitor, properties) => ({ visitor: { device_id: visitor }, properties });

let client;

export async function start(url, { isRecommended, isQuiet }) {
  client = createInstance();
  await client.init('benchmark', {
    serverUrl: isRecommended ? `${url}/batch` : `${url}/2/httpapi`,
    logLevel: Types.LogLevel.None,
    ...(isRecommended && { useBatch: true, flushQueueSize: 1000 }),
    ...(isQuiet && { flushIntervalMillis: 60_000 }),
  }).promise;
}

export function track({ visitor, properties }) {
  client.track(EVENT_NAME, properties, visitor);
}

export const flush = () => client.flush().promise;
export async function close() {}
