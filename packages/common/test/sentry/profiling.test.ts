import { startInbox } from '@qr/inbox';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { createProfiling } from '../../../telemetry/src/errors/profiling.ts';
import { createState } from '../../../telemetry/src/errors/state.ts';
import { closeObservability, initializeSentry, Sentry } from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1'), SENTRY_RELEASE: 'r-1' });

afterAll(() => inbox.close());

const profiler = () => Sentry.getClient()?.getIntegrationByName('ProfilingIntegration');

it('is off unless asked for, and for the processes that the draw leaves out: the profiler is not even loaded', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  for (const rate of [undefined, '0.5']) {
    onTestFinished(setEnv({ SENTRY_PROFILE_SESSION_SAMPLE_RATE: rate }));
    initializeSentry('test-service');
    expect(profiler()).toBeUndefined();
    await closeObservability();
  }
});

it('runs from when it was drawn, and its last chunk arrives when everything is closed', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  onTestFinished(setEnv({ SENTRY_PROFILE_SESSION_SAMPLE_RATE: '0.51' }));
  initializeSentry('test-service');
  await expect.poll(profiler).toBeDefined();
  busy(200);
  await closeObservability();
  const chunks = inbox.items('profile_chunk').map(({ payload }) => payload as unknown as Chunk);
  expect(chunks).toHaveLength(1);
  const [{ profile, release }] = chunks as [Chunk];
  expect(release).toBe('r-1');
  expect(profile.samples.length).toBeGreaterThan(10);
  // Nothing that a sample refers to was cut off on the way.
  for (const { stack_id: stack } of profile.samples) {
    for (const frame of profile.stacks[stack] ?? [-1]) expect(profile.frames[frame]).toHaveProperty('function');
  }
});

it('a process that was closed meanwhile is not profiled', async () => {
  const client = Sentry.getClient();
  await createProfiling(createState(core)).start(1);
  await client?.flush(100);
  expect(inbox.items('profile_chunk')).toHaveLength(1);
});

interface Chunk {
  readonly release: string;
  readonly profile: {
    readonly samples: readonly { readonly stack_id: number }[];
    readonly stacks: readonly (readonly number[])[];
    readonly frames: readonly { readonly function: string }[];
  };
}

/** Keeps the processor busy: an idle process has hardly a sample. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) JSON.stringify({ now: performance.now() });
}
