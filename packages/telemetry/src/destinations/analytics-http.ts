import type { Reply, Transport } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { core } from '../instance.ts';

/** What {@link createAnalyticsHttpTransport} takes. */
export interface AnalyticsHttpOptions {
  /** The origin of each instance of analytics-service. */
  readonly urls: readonly string[];
  /** What services show each other. */
  readonly serviceToken: string;
  /** How long it may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
}

/**
 * Sends batches to the platform's own analytics-service: the same records in the same form. Instances take turns; when one cannot be reached, the
 * next one is asked at once.
 */
export function createAnalyticsHttpTransport({ urls, serviceToken, timeoutMs }: AnalyticsHttpOptions): Transport {
  const clients = urls.map((url) =>
    createHttpClient({ warn: core.warnOnce, origin: url, ...(timeoutMs !== undefined && { timeoutMs }) }),
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
