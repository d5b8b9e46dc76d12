import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildApp } from '../server/app.ts';
import { type FakeServices, startFakeServices } from './support/fake-services.ts';

/** An instance of routing-service; `isReady` is what it says of itself. */
interface Instance extends FakeServices {
  isReady: boolean;
}

let instances: [Instance, Instance];
let app: ReturnType<typeof buildApp>;

beforeEach(async () => {
  instances = [await startInstance(), await startInstance()];
  const [one, other] = instances.map(({ origin }) => origin) as [string, string];
  app = buildApp({
    services: { auth: [one, other], qr: [one], microsite: [one], routing: [one, other], analytics: [one] },
    client: { root: import.meta.dirname },
    tunnel: { sentry: undefined, mixpanel: undefined },
    server: { logger: false, handleSignals: false },
  });
  await app.ready();
});
afterEach(async () => {
  await app.close();
  await Promise.all(instances.map((instance) => instance.close().catch(() => {})));
});

async function startInstance(): Promise<Instance> {
  const services = await startFakeServices(({ url }) => {
    if (url === '/health/ready') return { status: instance.isReady ? 200 : 503 };
    return url.startsWith('/scan/') ? { status: 302, headers: { location: 'https://shop.example' } } : {};
  });
  const instance: Instance = { ...services, isReady: true };
  return instance;
}

const scan = async () => (await app.inject('/scan/abc')).statusCode;
const scansOf = ({ received }: Instance) => received.filter(({ url }) => url.startsWith('/scan/')).length;

it('requests take turns over the instances of a service', async () => {
  for (let count = 0; count < 6; count++) expect(await scan()).toBe(302);
  expect(instances.map(scansOf)).toEqual([3, 3]);
});

it('an instance that is killed fails no scan, and gets none until it is back', async () => {
  await instances[0].close();
  const statuses = await Promise.all(Array.from({ length: 20 }, scan));
  expect(new Set(statuses)).toEqual(new Set([302]));
  expect(scansOf(instances[1])).toBe(20);
});

it('an instance that says it is not ready gets no request any more, and is asked again once it is', async () => {
  instances[0].isReady = false;
  await expect
    .poll(async () => {
      const before = scansOf(instances[0]);
      for (let count = 0; count < 4; count++) await scan();
      return scansOf(instances[0]) - before;
    })
    .toBe(0);
  instances[0].isReady = true;
  await expect
    .poll(async () => {
      const before = scansOf(instances[0]);
      for (let count = 0; count < 4; count++) await scan();
      return scansOf(instances[0]) - before;
    })
    .toBe(2);
});

it('what changes something is sent once: it fails with the instance, and the next one goes to the other', async () => {
  await instances[0].close();
  const post = async () => (await app.inject({ method: 'POST', url: '/api/auth/login' })).statusCode;
  const statuses = [await post(), await post(), await post(), await post()];
  expect(statuses.filter((status) => status === 502).length).toBeLessThanOrEqual(1);
  expect(statuses.at(-1)).toBe(200);
});

it('a service is found under every spelling of its origin', async () => {
  const [{ origin }] = instances;
  const spelled = `${origin.replace('http://127.0.0.1', 'HTTP://LocalHost')}/`;
  const own = buildApp({
    services: { auth: [spelled], qr: [spelled], microsite: [spelled], routing: [spelled], analytics: [spelled] },
    client: { root: import.meta.dirname },
    tunnel: { sentry: undefined, mixpanel: undefined },
    server: { logger: false, handleSignals: false },
  });
  expect((await own.inject('/api/qr')).statusCode).toBe(200);
  await own.close();
});

it('with no instance left the answer is a 502 that says so', async () => {
  await Promise.all(instances.map((instance) => instance.close()));
  const response = await app.inject({ url: '/scan/abc', headers: { accept: 'application/json' } });
  expect(response.statusCode).toBe(502);
  expect(response.json()).toMatchObject({ message: expect.stringContaining('cannot be reached') });
});
