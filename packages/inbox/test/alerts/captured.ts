import type { AddressInfo } from 'node:net';
import type { AlertRule } from '@qr/alerts';
import Fastify from 'fastify';
import { onTestFinished } from 'vitest';
import { inboxPlugin, openInboxData } from '../../src/index.ts';
import { container, envelope, goodEvent } from '../requests.ts';

/** An inbox whose clock stands where a test puts it, filled over the protocols of the vendors. */
export interface Captured {
  readonly url: string;
  /** Events of people, each at a time in ISO 8601. */
  import(...events: readonly (readonly [name: string, user: string, at: string])[]): Promise<void>;
  /** Errors of a kind. */
  fail(kind: string, ...at: readonly string[]): Promise<void>;
  /** Requests at a service, that began so and took so long. */
  serve(at: string, ...durationsMs: readonly number[]): Promise<void>;
}

export async function captured(now: string, alerts: readonly AlertRule[]): Promise<Captured> {
  const data = await openInboxData();
  const app = Fastify();
  await app.register(inboxPlugin, { data, alerts, now: () => Date.parse(now) });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    await app.close();
    await data.close();
  });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const send = async (path: string, body: string, headers: Record<string, string> = {}): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`The inbox refused what this test sends: ${await response.text()}`);
  };
  const sendEnvelope = (body: string) => send('/api/1/envelope/?sentry_key=public&sentry_version=7', body);

  return {
    url,
    import(...events) {
      const records = events.map(([name, user, at]) =>
        goodEvent({ distinct_id: user, $user_id: user, time: Date.parse(at) }, name),
      );
      const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa('token:')}` };
      return send('/import?strict=1', JSON.stringify(records), headers);
    },
    async fail(kind, ...at) {
      for (const time of at) {
        const event = { timestamp: Date.parse(time) / 1000, exception: { values: [{ type: kind, value: 'broke' }] } };
        await sendEnvelope(envelope({ type: 'event' }, event, { event_id: crypto.randomUUID().replaceAll('-', '') }));
      }
    },
    async serve(at, ...durationsMs) {
      for (const durationMs of durationsMs) {
        const spanOf = spanMaker(Date.parse(at) / 1000);
        // What a request asked for, and a page, are no requests at a service.
        const others = [spanOf(60_000, 'http.client', false), spanOf(60_000, 'pageload', true)];
        await sendEnvelope(container('span', [spanOf(durationMs, 'http.server', true), ...others]));
      }
    },
  };
}

/** Makes spans of one trace. */
function spanMaker(start: number): (durationMs: number, op: string, isSegment: boolean) => object {
  const traceId = crypto.randomUUID().replaceAll('-', '');
  return (durationMs, op, isSegment) => ({
    trace_id: traceId,
    span_id: crypto.randomUUID().replaceAll('-', '').slice(0, 16),
    name: 'GET /qr/:id',
    start_timestamp: start,
    end_timestamp: start + durationMs / 1000,
    status: 'ok',
    is_segment: isSegment,
    attributes: { 'sentry.op': { type: 'string', value: op } },
  });
}
