import { beforeEach, expect, it } from 'vitest';
import { addBreadcrumb, captureException, flushObservability, Sentry, withJobContext } from '../../src/index.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile();
beforeEach(() => inbox.clear());

interface Crumb {
  readonly message: string;
}

async function sent() {
  await flushObservability(20_000);
  const [error] = inbox.errors();
  const { breadcrumbs = [], ...rest } = (error?.event ?? {}) as { readonly breadcrumbs?: readonly Crumb[] };
  return { error, rest, breadcrumbs, bytes: Buffer.byteLength(JSON.stringify(error?.event ?? {})) };
}

const long = (n: number) => `${n} ${'記錄'.repeat(8000)}`;

it.each([
  ['of ours', (n: number) => addBreadcrumb(long(n))],
  ['past our functions', (n: number) => Sentry.addBreadcrumb({ message: long(n) })],
  ['with data', (n: number) => addBreadcrumb(String(n), { reason: long(n), action: [long(n), long(n)] })],
])('keeps the newest of 100 large breadcrumbs %s, under a megabyte', async (_, add) => {
  withJobContext({ name: 'job' }, () => {
    for (let n = 0; n < 100; n++) add(n);
    captureException(new Error('broken'));
  });
  const { error, breadcrumbs, bytes } = await sent();
  expect(error).toMatchObject({ value: 'broken', service: 'test-service' });
  expect(bytes).toBeLessThan(1_000_000);
  expect(breadcrumbs.length).toBeGreaterThanOrEqual(50);
  const numbers = breadcrumbs.map(({ message }) => Number(/^\d+/.exec(message)?.[0]));
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (__, at) => 100 - numbers.length + at));
});

it('keeps all parts of an event in which one is too large', async () => {
  const deep = { reason: { reason: { reason: { reason: 'deep' } } } };
  captureException(new Error('broken'), {
    qr_id: 'q1',
    reason: Array.from({ length: 90 }, () => '長'.repeat(10_000)),
    action: deep,
  });
  const { error, bytes, rest } = await sent();
  expect(error).toMatchObject({ value: 'broken', service: 'test-service' });
  expect(rest).toMatchObject({ extra: { qr_id: 'q1', reason: expect.any(Array) } });
  expect(bytes).toBeLessThan(1_000_000);
});

it('cuts a message that is too large, and keeps the rest', async () => {
  captureException(new Error('長'.repeat(400_000)));
  const { error, bytes } = await sent();
  expect(error?.value.startsWith('長長長')).toBe(true);
  expect(error).toMatchObject({ type: 'Error', service: 'test-service' });
  expect(bytes).toBeLessThan(1_000_000);
});
