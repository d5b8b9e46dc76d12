import { buildSelfDescribingEvent, newTracker } from '@snowplow/node-tracker';
import { newInMemoryEventStore } from '@snowplow/tracker-core';
import { propertiesOf } from '../event.mjs';

/** Recommended: batches of 50, no base64, and a store that holds 10,000. The window stays under the default store's 1,000. */
export const limits = { window: 500, events: 10_000 };
export const callArgument = (visitor, properties) => ({
  event: { schema: 'iglu:example/qr_scanned/jsonschema/1-0-0', data: propertiesOf(visitor, properties) },
});

/** Its flush returns at once while another is under way, so the store tells when all is sent. */
const FLUSH_LIMIT_MS = 1000;
const POLL_MS = 2;
let store;
let tracker;

export async function start(url, { isRecommended }) {
  // Given by us to be seen by us; as the library's own when nothing is recommended.
  store = newInMemoryEventStore(isRecommended ? { maxSize: 10_000 } : {});
  tracker = newTracker(
    { namespace: 'benchmark', appId: 'benchmark', ...(isRecommended && { encodeBase64: false }) },
    {
      endpoint: url,
      eventStore: store,
      ...(isRecommended && { bufferSize: 50, keepalive: true }),
    },
  );
}

export function track(call) {
  tracker.track(buildSelfDescribingEvent(call));
}

export async function flush() {
  for (const end = performance.now() + FLUSH_LIMIT_MS; performance.now() < end; ) {
    await tracker.flush();
    if ((await store.count()) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
export async function close() {}
