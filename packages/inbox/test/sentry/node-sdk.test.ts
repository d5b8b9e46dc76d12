import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

describe('the official Node SDK', () => {
  it('delivers errors, messages, spans, logs and metrics, all of one trace', { timeout: 30_000 }, async () => {
    const inbox = await start();
    await runSdk(inbox);
    await inbox.waitFor(({ spans, errors }) => spans().length >= 2 && errors().length === 2);

    const [error, message] = inbox.errors();
    expect(error).toMatchObject({
      type: 'RangeError',
      value: 'too many pages',
      project: '7',
      service: 'qr-service',
      userId: 'user-1',
    });
    // Over 32 KiB, so the SDK has sent it gzipped.
    expect([message?.type, message?.level, message?.value.length]).toEqual(['Message', 'warning', 40_000]);

    const [issue] = inbox.issues().filter(({ type }) => type === 'RangeError');
    expect(issue?.latest.frames.at(-1)).toMatchObject({ function: 'failToPublish' });
    expect(issue?.latest.breadcrumbs).toMatchObject([{ message: 'microsite_created' }]);

    const spans = inbox.spans({ traceId: String(error?.traceId) });
    expect(spans.map(({ name, isSegment }) => [name, isSegment])).toEqual(
      expect.arrayContaining([
        ['publish', true],
        ['render', false],
      ]),
    );
    expect(inbox.logs()).toMatchObject([{ body: 'publishing', traceId: error?.traceId }]);
    expect(inbox.items('trace_metric')).toHaveLength(1);
  });

  it('delivers check-ins, feedback and a report of what it dropped itself', { timeout: 30_000 }, async () => {
    const inbox = await start();
    await runSdk(inbox);
    expect(inbox.items('check_in')).toMatchObject([{ payload: { monitor_slug: 'clean-up', status: 'ok' } }]);
    expect(inbox.items('feedback')).toMatchObject([{ payload: { contexts: { feedback: { message: 'I like it' } } } }]);
    expect(inbox.items('client_report')).toMatchObject([
      { payload: { discarded_events: [{ reason: 'before_send', category: 'error', quantity: 1 }] } },
    ]);
    expect(inbox.errors().some(({ value }) => value === 'unwanted')).toBe(false);
  });

  it('delivers transactions when it is told to make them', { timeout: 30_000 }, async () => {
    const inbox = await start({ keepRaw: true });
    await runSdk(inbox, { TRACE_LIFECYCLE: 'static' });
    expect(inbox.raw().some(({ body }) => body.includes('{"type":"transaction"}'))).toBe(true);
    expect(inbox.spans().map(({ name, isSegment }) => [name, isSegment])).toEqual([
      ['publish', true],
      ['render', false],
    ]);
  });

  it('heeds a rate limit, and takes a refusal without sending again', { timeout: 30_000 }, async () => {
    const limited = await start({ keepRaw: true });
    limited.faults.add({ fault: { kind: 'rate-limit', retryAfterSeconds: 60 } });
    await runSdk(limited);
    const unlimited = await start({ keepRaw: true });
    await runSdk(unlimited);
    expect(limited.raw().length).toBeLessThan(unlimited.raw().length);
    expect([limited.errors(), limited.spans()]).toEqual([[], []]);

    const refusing = await start({ keepRaw: true });
    refusing.faults.add({ fault: { kind: 'status', status: 413 } });
    await runSdk(refusing);
    const events = refusing.raw().filter(({ body }) => body.includes('too many pages'));
    expect(events).toHaveLength(1);
  });
});

/** Runs the SDK in a process of its own, to its end. */
async function runSdk(inbox: Inbox, more: Record<string, string> = {}): Promise<void> {
  const env = { ...process.env, SENTRY_DSN: inbox.dsn('7'), ...more };
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'send-with-sdk.mjs')], { env });
}
