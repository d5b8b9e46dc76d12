import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { closeObservability, flushObservability, initializeSentry, observabilityStats } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

interface Ended {
  readonly code: number | null;
  readonly folder: string;
  /** What is in the files of errors that it left. */
  readonly envelopes: readonly string[];
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

async function run(ending: string, budget = '0'): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'exit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(import.meta.dirname, 'exit-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@qr/source', script, ending], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      // Nobody listens there.
      SENTRY_DSN: 'http://public@127.0.0.1:9/1',
      SENTRY_ERROR_BUDGET_PER_MONTH: budget,
      OBSERVABILITY_SPOOL_DIR: folder,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.json.gz'));
  const envelopes = files.map((name) => gunzipSync(readFileSync(join(folder, name))).toString());
  return { code, folder, envelopes, events: envelopes.map((text) => JSON.parse(text.split('\n')[2] ?? '')) };
}

const messageOf = (event: Readonly<Record<string, unknown>>) =>
  (event['exception'] as { values: { value: string }[] } | undefined)?.values.at(-1)?.value ?? event['message'];

it('keeps what was captured right before process.exit, filtered and whole', async () => {
  const { code, envelopes, events } = await run('process.exit');
  expect(code).toBe(0);
  expect(events.map(messageOf).sort()).toEqual([
    expect.stringMatching(/^a sentence of \[/),
    expect.stringMatching(/^failed for \[/),
    'past our functions',
  ]);
  expect(envelopes.join('')).not.toMatch(/joe@example\.com|unplanned-secret/);
  const failed = events.find((event) => String(messageOf(event)).startsWith('failed'));
  expect(failed).toMatchObject({
    user: { id: 'user-17' },
    transaction: 'nightly job',
    extra: { qr_id: 'q1' },
    breadcrumbs: [{ message: 'before it failed' }],
    tags: { service: 'ending-service' },
    exception: { values: [{ value: expect.stringContaining('the cause') }, {}] },
  });
});

it('keeps more errors than the SDK works on at a time', async () => {
  const { events } = await run('many at once');
  // The SDK itself refuses what comes while it has a thousand under way.
  expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  expect(events.length).toBeGreaterThanOrEqual(1000);
});

it.each([
  ['in an exit listener', 0, 'at the very end'],
  ['an uncaught error that another listener ends', 7, 'nobody caught this'],
  ['the end of the loop', 0, 'nothing left to do'],
])('keeps an error that comes with %s', async (ending, exitCode, message) => {
  const { code, events } = await run(ending);
  expect(code).toBe(exitCode);
  expect(events.map(messageOf)).toEqual([message]);
});

it('settles the books of the error budget, so that no error is told of twice', async () => {
  const { folder, events } = await run('process.exit', '5000');
  expect(events).toHaveLength(3);
  const inbox = await startInbox();
  const restore = setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), OBSERVABILITY_SPOOL_DIR: folder });
  initializeSentry('test-service');
  expect(observabilityStats().errorBudget).toMatchObject({ unannounced: 0 });
  await expect
    .poll(async () => {
      await flushObservability();
      return inbox.errors().length;
    })
    .toBe(3);
  await closeObservability();
  expect(inbox.errors()).toHaveLength(3);
  await inbox.close();
  restore();
});
