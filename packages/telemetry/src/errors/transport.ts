import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { createPipeline, type DropReason, type Pipeline } from '@qr/delivery';
import { createHttpClient } from '@qr/delivery/http';
import { createTransport, type Envelope, serializeEnvelope, type Transport } from '@sentry/core';
import type { makeNodeTransport } from '@sentry/node';
import { type LaneName, lanes } from '../destinations/lanes.ts';
import { personIdsOf } from '../destinations/person-ids.ts';
import { createSentryHttpTransport } from '../destinations/sentry.ts';
import type { People } from '../people.ts';
import { ERRORS_FOLDER } from '../settings/spool-root.ts';

/** What the SDK gives a transport when it makes it. */
export type TransportOptions = Parameters<typeof makeNodeTransport>[0];

/** A transport whose connections end when nothing more is to be sent. */
export interface ClosableTransport extends Transport {
  close(): Promise<void>;
}

type WarnOnce = (message: string) => void;
type Items = readonly (readonly [{ readonly type: string }, unknown])[];

/** The longest time that a timer can wait. */
const WITHOUT_LIMIT_MS = 2 ** 31 - 1;
/** The SDK's own number: with a receiver 50 ms away fewer would not keep up with a busy service. */
const CONNECTIONS = 30;
/** Some ten thousand errors. Each is a file of its own, and a record of it in memory. */
const MAX_SPOOL_BYTES = 32 * 1024 * 1024;
/** Nothing is gathered into batches. */
const FLUSH_INTERVAL_MS = 60_000;

/** Reasons under which Sentry hears of a loss, in the next client report of the SDK. */
const REPORTED_REASONS: Partial<Record<DropReason, Parameters<TransportOptions['recordDroppedEvent']>[0]>> = {
  rejected: 'send_error',
  too_large: 'send_error',
  spool_overflow: 'queue_overflow',
  memory_overflow: 'queue_overflow',
  not_initialized: 'queue_overflow',
  torn: 'internal_sdk_error',
};

export interface DurableTransportOptions {
  readonly sdk: TransportOptions;
  readonly lane: Pick<Pipeline<LaneName>, 'push' | 'flush'>;
  /** Filters an envelope before it leaves. */
  readonly scrubEnvelope: (envelope: Envelope) => Envelope;
  /** Called with the id of each error as soon as the lane has it. */
  readonly onKept: (eventId: string) => void;
  readonly warnOnce: WarnOnce;
}

/**
 * Creates the transport for everything that the SDK sends. Every envelope passes the gate. Errors and messages then take the durable lane; the rest (spans,
 * logs, metrics, sessions, client reports, profiles, feedback, check-ins) is sent at once from memory, and may be lost: a check-in has no time of
 * its own, so a late one would report a run that never was.
 */
export function createDurableTransport(options: DurableTransportOptions): ClosableTransport {
  const { sdk, lane, scrubEnvelope, onKept, warnOnce } = options;
  const direct = createDirectTransport(sdk, warnOnce);
  return {
    send(envelope) {
      const clean = scrubEnvelope(envelope);
      if (clean[1].length === 0) return Promise.resolve({});
      if (!holdsError(clean)) return direct.send(clean);
      lane.push('sentry', serializeError(clean));
      const { event_id: eventId } = clean[0] as { readonly event_id?: unknown };
      if (typeof eventId === 'string') onKept(eventId);
      return Promise.resolve({});
    },
    async flush(timeoutMs) {
      // The SDK waits without limit when none is given.
      const [isEmpty, left] = await Promise.all([direct.flush(timeoutMs), lane.flush(timeoutMs || WITHOUT_LIMIT_MS)]);
      return isEmpty && left.pending + left.spooled === 0;
    },
    close: () => direct.close(),
  };
}

function holdsError([, items]: Envelope): boolean {
  return (items as Items).some(([{ type }]) => type === 'event');
}

/**
 * Without `sent_at`: from it Sentry reckons how wrong our clock is, and would move an error that waited for an hour to the time at which it
 * arrived. Relay, clock drift correction.
 */
function serializeError([headers, items]: Envelope): string {
  const { sent_at: _, ...rest } = headers as Record<string, unknown>;
  return String(serializeEnvelope([rest, items] as unknown as Envelope));
}

/**
 * Creates a transport that sends at once and keeps nothing. The SDK's own does the same by `node:http` and a stream a request, which costs twice the
 * CPU; and there is a request for each sampled trace.
 */
function createDirectTransport(options: TransportOptions, warnOnce: WarnOnce): ClosableTransport {
  const { origin, pathname, search } = new URL(options.url);
  const client = createHttpClient({ origin, connections: CONNECTIONS, warn: warnOnce });
  const headers = { ...options.headers, 'content-type': 'application/x-sentry-envelope' };
  // Spans are sent by a timer of the request that made them, whose context a new connection would keep alive.
  const runDetached = AsyncLocalStorage.snapshot();
  const transport = createTransport(options, async ({ body }) => {
    const reply = await runDetached(() => client.postText(`${pathname}${search}`, headers, toBody(body)));
    // The SDK counts failures in its client reports.
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

interface ErrorPipelineOptions {
  readonly sdk: Pick<TransportOptions, 'url' | 'headers' | 'recordDroppedEvent'>;
  /** The spool of the whole process, in which errors have a folder of their own. `undefined` keeps them in memory only. */
  readonly spoolRoot: string | undefined;
  /** Of the whole process. @default 256 MiB */
  readonly maxSpoolBytes: number | undefined;
  readonly people: People;
  readonly warnOnce: WarnOnce;
}

/** Creates the delivery of errors, which works without that of analytics. */
export function createErrorPipeline(options: ErrorPipelineOptions): Pipeline<LaneName> {
  const { sdk, spoolRoot, maxSpoolBytes, people, warnOnce } = options;
  const { url, headers, recordDroppedEvent } = sdk;
  return createPipeline<LaneName>({
    lanes,
    transports: { sentry: createSentryHttpTransport({ url, warn: warnOnce, ...(headers && { headers }) }) },
    spoolRoot: spoolRoot && join(spoolRoot, ERRORS_FOLDER),
    maxSpoolBytes: Math.min(MAX_SPOOL_BYTES, maxSpoolBytes ?? MAX_SPOOL_BYTES),
    flushIntervalMs: FLUSH_INTERVAL_MS,
    personIds: personIdsOf([], people),
    warn: warnOnce,
    onDrop: (reason, count) => {
      const reported = REPORTED_REASONS[reason];
      if (reported) recordDroppedEvent(reported, 'error', count);
    },
  });
}
