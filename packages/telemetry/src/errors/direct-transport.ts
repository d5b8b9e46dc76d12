import { AsyncLocalStorage } from 'node:async_hooks';
import { createHttpClient } from '@qr/delivery/http';
import { createTransport, type Transport } from '@sentry/core';
import type { makeNodeTransport } from '@sentry/node';
import { core } from '../instance.ts';

/** What the SDK gives a transport when it makes it. */
export type TransportOptions = Parameters<typeof makeNodeTransport>[0];

/** A transport whose connections end when nothing more is to be sent. */
export interface ClosableTransport extends Transport {
  close(): Promise<void>;
}

/** The SDK's own number: with a receiver 50 ms away fewer would not keep up with a busy service, and what waits is kept in memory. */
const CONNECTIONS = 30;

/**
 * Sends at once and keeps nothing: for what may be lost. The SDK's own does the same by `node:http` and a stream a request, which costs
 * twice the CPU; and there is a request for each sampled trace.
 */
export function makeDirectTransport(options: TransportOptions): ClosableTransport {
  const { origin, pathname, search } = new URL(options.url);
  const client = createHttpClient({ origin, connections: CONNECTIONS, warn: core.warnOnce });
  const headers = { ...options.headers, 'content-type': 'application/x-sentry-envelope' };
  // Spans are sent by a timer of the request that made them, whose context a new connection would keep alive.
  const runDetached = AsyncLocalStorage.snapshot();
  const transport = createTransport(options, async ({ body }) => {
    const reply = await runDetached(() => client.postText(`${pathname}${search}`, headers, toBody(body)));
    // The SDK counts what failed in its client reports.
    if ('networkError' in reply) throw new Error(reply.networkError);
    return {
      statusCode: reply.status,
      headers: {
        'x-sentry-rate-limits': reply.headers['x-sentry-rate-limits'] ?? null,
        'retry-after': reply.headers['retry-after'] ?? null,
      },
    };
  });
  return { ...transport, close: () => client.close() };
}

function toBody(body: string | Uint8Array): string | Buffer {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
