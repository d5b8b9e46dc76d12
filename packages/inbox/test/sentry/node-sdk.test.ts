import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

describe('the official Node SDK', () => {
  it('delivers errors, messages, spans, logs and metrics, all of one trace', { timeout: 30_000 }, async () => {
    const inbox = await start();
    const env = { ...process.env, SENTRY_DSN: inbox.dsn('7') };
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'send-with-sdk.mjs')], { env });
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
});
