import type { Transport } from '../transport.ts';
import { createHttpClient } from './http-client.ts';

/** What {@link createAnalyticsHttpTransport} takes. */
export interface AnalyticsHttpOptions {
  /** Origin of analytics-service. */
  readonly url: string;
  /** What services show each other. */
  readonly serviceToken: string;
  /** How long it may take to answer. @default 10_000 */
  readonly timeoutMs?: number;
}

/** Sends batches to the platform's own analytics-service: the same records in the same form. */
export function createAnalyticsHttpTransport({ url, serviceToken, timeoutMs }: AnalyticsHttpOptions): Transport {
  const client = createHttpClient({ origin: url, ...(timeoutMs !== undefined && { timeoutMs }) });
  const headers = { authorization: `Bearer ${serviceToken}` };
  return {
    send: (_lane, { body }) => client.post('/import?strict=1', headers, body),
    close: () => client.close(),
  };
}
