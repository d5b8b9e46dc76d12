import { afterEach, beforeEach, expect, it } from 'vitest';
import { addBreadcrumb, captureException, flushObservability, trackEvent, withJobContext } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile();

let app: Server;
beforeEach(() => {
  inbox.clear();
  app = buildServer();
});
afterEach(() => app.close());
interface Crumb {
  readonly category?: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The breadcrumbs of each error, by its message. */
async function breadcrumbs(): Promise<Record<string, readonly Crumb[]>> {
  await flushObservability();
  return Object.fromEntries(
    inbox.errors().map(({ value, event }) => [value, (event['breadcrumbs'] ?? []) as readonly Crumb[]]),
  );
}

function track(qrId: string): void {
  trackEvent('qr_created', 'u1', { qr_id: qrId, qr_type: 'url', has_custom_logo: false, is_first_qr: false });
}

it('an error tells of the product events of its request: their names and the ids of things, in order', async () => {
  app.post('/fail', async () => {
    track('q1');
    addBreadcrumb('between');
    trackEvent('signup_completed', 'u1', { email: 'joe@example.com', signup_method: 'email', plan: 'free' });
    throw new Error('broken');
  });
  await app.inject({ method: 'POST', url: '/fail', payload: {} });
  expect((await breadcrumbs())['broken']).toMatchObject([
    { category: 'product_event', message: 'qr_created', data: { qr_id: 'q1' } },
    { message: 'between' },
    { category: 'product_event', message: 'signup_completed' },
  ]);
  expect(JSON.stringify(inbox.errors())).not.toContain('joe@');
});

it('in the order in which they happened, within a millisecond too', async () => {
  app.post('/fail', async () => {
    for (let n = 0; n < 6; n++) {
      track(`q${n}`);
      addBreadcrumb(`after q${n}`);
    }
    throw new Error('broken');
  });
  // The first time compiles, and takes longer.
  for (let n = 0; n < 3; n++) await app.inject({ method: 'POST', url: '/fail', payload: {} });
  const expected = Array.from({ length: 6 }, (_, n) => [`q${n}`, `after q${n}`]).flat();
  const told = (await breadcrumbs())['broken'];
  expect(told?.map(({ message, data }) => data?.['qr_id'] ?? message)).toEqual(expected);
});

it('of more than twenty the last twenty', async () => {
  app.get('/fail', async () => {
    for (let n = 0; n < 65; n++) track(`q${n}`);
    throw new Error('broken');
  });
  await app.inject('/fail');
  const ids = (await breadcrumbs())['broken']?.map(({ data }) => data?.['qr_id']);
  expect(ids).toEqual(Array.from({ length: 20 }, (_, n) => `q${45 + n}`));
});

it('not of what is tracked after it, of other requests, or of jobs', async () => {
  app.get('/:id', async (request) => {
    const { id } = request.params as { id: string };
    track(`before-${id}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    captureException(new Error(id));
    await new Promise((resolve) => setTimeout(resolve, 5));
    track(`after-${id}`);
    return 'ok';
  });
  const job = withJobContext({ name: 'job' }, async () => {
    track('before-job');
    await new Promise((resolve) => setTimeout(resolve, 5));
    captureException(new Error('job'));
  });
  track('outside');
  await Promise.all([...Array.from({ length: 20 }, (_, n) => app.inject(`/r${n}`)), job]);
  const seen = await breadcrumbs();
  expect(Object.keys(seen)).toHaveLength(21);
  for (const [id, crumbs] of Object.entries(seen)) expect(crumbs).toMatchObject([{ data: { qr_id: `before-${id}` } }]);
});

it('an event whose properties refuse to be read harms neither the request nor the error', async () => {
  app.get('/fail', async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('do not read me');
        },
      },
    );
    trackEvent('logout', 'u1', hostile as never);
    throw new Error('broken');
  });
  expect((await app.inject('/fail')).statusCode).toBe(500);
  expect(Object.keys(await breadcrumbs())).toEqual(['broken']);
});
