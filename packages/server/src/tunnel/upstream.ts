import { createDispatcher } from '@qr/delivery/http';
import type { Dispatcher } from 'undici';

/** What goes out, and nothing else. */
export interface UpstreamRequest {
  readonly url: string;
  readonly contentType: string;
  /** Vendors read browser and system from it. */
  readonly userAgent: string | undefined;
  readonly body: Buffer;
}

/** How it goes out. */
interface SendOptions extends UpstreamRequest {
  /** Told to the vendor; `undefined`: it sees ours. */
  readonly clientAddress: string | undefined;
  /** For the whole exchange: a vendor that answers byte by byte must not hold a connection of a page. */
  readonly timeoutMs: number;
}

/** What came back, or 503 with the reason when nothing did. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly reason?: string;
}

/** With these a vendor tells its SDK how long to be silent. */
const PASSED_BACK = ['x-sentry-rate-limits', 'retry-after'];
const UNAVAILABLE = JSON.stringify({
  error: 'Service Unavailable',
  message: 'The receiver did not answer. Try again later.',
});

/** Returns what sends to the vendors, through the proxy that the environment names if any. */
export function createUpstreams(timeoutMs: number, warn: (message: string) => void) {
  const settings = { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs };
  const dispatchers = new Map<string, Promise<Dispatcher | undefined>>();
  return {
    /** Never throws. */
    async send(upstream: SendOptions): Promise<Answer> {
      const { origin } = new URL(upstream.url);
      const opened = dispatchers.get(origin) ?? createDispatcher(origin, settings, warn);
      dispatchers.set(origin, opened);
      const dispatcher = await opened;
      return dispatcher ? send(dispatcher, upstream) : unavailable('proxy');
    },
    async close(): Promise<void> {
      await Promise.all([...dispatchers.values()].map(async (opened) => (await opened)?.destroy()));
    },
  };
}

/** Sends a request and never throws. Redirects are not followed: they would let an answer choose where data goes. */
async function send(dispatcher: Dispatcher, upstream: SendOptions): Promise<Answer> {
  const { origin, pathname, search } = new URL(upstream.url);
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: {
        'content-type': upstream.contentType,
        ...(upstream.userAgent !== undefined && { 'user-agent': upstream.userAgent }),
        ...(upstream.clientAddress !== undefined && { 'x-forwarded-for': upstream.clientAddress }),
      },
      body: upstream.body,
      signal: AbortSignal.timeout(upstream.timeoutMs),
    });
    const text = await body.text();
    if (statusCode >= 300 && statusCode < 400) return unavailable('redirect');
    return { status: statusCode, headers: passedBack(headers), body: text };
  } catch (error) {
    return unavailable((error as NodeJS.ErrnoException).code?.toString() ?? 'unknown');
  }
}

function unavailable(reason: string): Answer {
  return { status: 503, headers: {}, body: UNAVAILABLE, reason };
}

function passedBack(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    PASSED_BACK.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}
