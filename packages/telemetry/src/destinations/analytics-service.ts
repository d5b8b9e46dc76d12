import type { Reply, Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import type { Destination } from './destination.ts';
import { analyticsServiceLanes } from './lanes.ts';

/** What {@link analyticsService} takes. */
export interface AnalyticsServiceOptions {
  /** The origin of each instance of analytics-service. */
  readonly urls: readonly string[];
  /** What services show each other. */
  readonly serviceToken: string;
  /** How long it may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
}

/** Sends events to a service of your own that answers as Mixpanel's `/import` does. Events list it as `analytics`. */
export function analyticsService(options: AnalyticsServiceOptions): Destination {
  return {
    name: 'analytics',
    lanes: analyticsServiceLanes,
    events: { lane: 'analytics' },
    open: ({ warn }) => ({ analytics: createAnalyticsHttpTransport({ ...options, warn }) }),
  };
}

interface AnalyticsHttpOptions extends AnalyticsServiceOptions {
  readonly warn?: (message: string) => void;
}

/**
 * Instances take turns; when one cannot be reached, the
 * next one is asked at once.
 */
export function createAnalyticsHttpTransport({
  urls,
  serviceToken,
  timeoutMs,
  warn = () => {},
}: AnalyticsHttpOptions): Transport {
  const clients = urls.map((url) =>
    createHttpClient({ warn, origin: url, ...(timeoutMs !== undefined && { timeoutMs }) }),
  );
  const headers = { authorization: `Bearer ${serviceToken}` };
  let turn = 0;
  return {
    async send(_lane, { body }) {
      let reply: Reply = { networkError: 'analytics-service has no instance' };
      for (let attempt = 0; attempt < clients.length; attempt++) {
        turn = (turn + 1) % clients.length;
        reply = (await clients[turn]?.post('/import?strict=1', headers, body)) ?? reply;
        if (!('networkError' in reply)) break;
      }
      return reply;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
