import { AsyncLocalStorage } from 'node:async_hooks';
import { defineIntegration, spanIsSampled } from '@sentry/core';
import * as Sentry from '@sentry/node';

/** Traces of which a span never ends are forgotten when there are so many; then each of their spans leaves by itself. */
const MAX_OPEN_TRACES = 10_000;

/**
 * Sends the spans of a trace as soon as none of it is under way.
 *
 * The SDK waits half a second after the end of each request. What waits (the spans, their scopes, and by them the request) outlives the young
 * generation of the heap: 4 ms of each 40 went into copying it at 1,000 traces a second. A span that ends later is sent when it does, and what
 * was gathered beside one that never ends after five seconds, which is the SDK's own limit.
 */
export function spanStreamIntegrations() {
  // In this order: a span must be in the SDK's buffer before the buffer is sent.
  return [Sentry.spanStreamingIntegration({ flushOnSegmentEnd: false }), sendCompleteTraces()];
}

const sendCompleteTraces = defineIntegration(() => ({
  name: 'SendCompleteTraces',
  setup(client) {
    const runDetached = AsyncLocalStorage.snapshot();
    /** How many spans of it are under way, by trace. */
    const open = new Map<string, number>();
    let complete: string[] = [];

    /**
     * After the requests that came in the same turn, which would wait for it otherwise. A part of them at a time, so that many at once do not
     * stop the loop, and the more wait the larger.
     */
    function send(): void {
      const count = Math.ceil(complete.length / 4);
      for (const traceId of complete.slice(0, count)) {
        try {
          client.emit('flushTraceSpans', traceId);
        } catch {
          // A hook of somebody else's refused: its trace is lost, the process goes on.
        }
      }
      complete = complete.slice(count);
      if (complete.length > 0) setImmediate(send);
    }

    client.on('spanStart', (span) => {
      if (!spanIsSampled(span)) return;
      const { traceId } = span.spanContext();
      if (open.size >= MAX_OPEN_TRACES) open.clear();
      open.set(traceId, (open.get(traceId) ?? 0) + 1);
    });
    client.on('afterSpanEnd', (span) => {
      if (!spanIsSampled(span)) return;
      const { traceId } = span.spanContext();
      const left = (open.get(traceId) ?? 1) - 1;
      if (left > 0) {
        open.set(traceId, left);
        return;
      }
      open.delete(traceId);
      // Within the context of a request, what is sent would keep that alive.
      if (complete.push(traceId) === 1) runDetached(setImmediate, send);
    });
    client.on('close', () => open.clear());
  },
}));
