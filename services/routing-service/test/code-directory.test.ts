import { describe, expect, it } from 'vitest';
import { lunch, startApp, startQrService } from './start-app.ts';

async function start(answer?: Parameters<typeof startQrService>[0]) {
  const qrService = await startQrService(answer);
  const { app, clock } = startApp(qrService.url);
  const scan = async (id: string = lunch.id) => (await app.inject(`/scan/${id}`)).statusCode;
  return { qrService, clock, scan };
}

const down: Parameters<typeof startQrService>[0] = async (_request, reply) => reply.code(503).send();

describe('a code that many scan', () => {
  it('is asked for once when all of them come at the same time to a cold service', async () => {
    const { qrService, scan } = await start();
    const statuses = await Promise.all(Array.from({ length: 50 }, () => scan()));
    expect(new Set(statuses)).toEqual(new Set([302]));
    expect(qrService.asked).toEqual([lunch.id]);
  });

  it('is asked for again after 30 seconds, so that a change is noticed', async () => {
    const { qrService, clock, scan } = await start();
    await scan();
    clock.nowMs += 29_900;
    qrService.answer = async () => ({ ...lunch, status: 'disabled' });
    expect(await scan()).toBe(302);
    expect(qrService.asked).toHaveLength(1);
    clock.nowMs += 200;
    expect(await scan()).toBe(404);
    expect(qrService.asked).toHaveLength(2);
  });

  it('is apart from others', async () => {
    const { qrService, scan } = await start();
    expect(await Promise.all([scan(), scan('UNKNOWN-code')])).toEqual([302, 404]);
    expect(qrService.asked.sort()).toEqual([lunch.id, 'UNKNOWN-code']);
  });
});

describe('a code that does not exist', () => {
  it('is asked for again after two seconds, as it may be made meanwhile', async () => {
    const { qrService, clock, scan } = await start(async (_request, reply) => reply.code(404).send());
    expect(await scan()).toBe(404);
    clock.nowMs += 1900;
    expect(await scan()).toBe(404);
    expect(qrService.asked).toHaveLength(1);
    qrService.answer = async () => ({ ...lunch, status: 'active' });
    clock.nowMs += 200;
    expect(await scan()).toBe(302);
  });
});

describe('while qr-service is down', () => {
  it('a known code leads on however old it is, and is asked for every two seconds only', async () => {
    const { qrService, clock, scan } = await start();
    await scan();
    qrService.answer = down;
    clock.nowMs += 3_600_000;
    expect(await scan()).toBe(302);
    clock.nowMs += 1900;
    expect(await scan()).toBe(302);
    expect(qrService.asked).toHaveLength(2);
    clock.nowMs += 200;
    expect(await scan()).toBe(302);
    expect(qrService.asked).toHaveLength(3);
  });

  it('a code that was missing is not called missing any more', async () => {
    const { qrService, clock, scan } = await start(async (_request, reply) => reply.code(404).send());
    expect(await scan()).toBe(404);
    qrService.answer = down;
    clock.nowMs += 2100;
    expect(await scan()).toBe(503);
  });

  it('an unknown code leads on with the next scan after it is up again', async () => {
    const { qrService, scan } = await start(down);
    expect(await scan()).toBe(503);
    qrService.answer = async () => ({ ...lunch, status: 'active' });
    expect(await scan()).toBe(302);
  });

  it.each([
    ['answers too late', () => new Promise<never>(() => {})],
    ['answers with something that is no code', async () => ({ hello: 'world' })],
    [
      'names a destination that is no web address',
      async () => ({ ...lunch, status: 'active', destinationUrl: 'javascript:alert(1)' }),
    ],
    [
      'names a destination with a line break',
      async () => ({ ...lunch, status: 'active', destinationUrl: 'https://a.example/\r\nx: y' }),
    ],
    [
      'does not know our token',
      async (_request: unknown, reply: { code(status: number): { send(): unknown } }) => reply.code(401).send(),
    ],
    [
      'sends us elsewhere',
      async (_request: unknown, reply: { redirect(url: string): unknown }) => reply.redirect('https://evil.example/'),
    ],
  ])('as it %s, the scan gets its page', async (_what, answer) => {
    const { scan } = await start(answer as Parameters<typeof startQrService>[0]);
    expect(await scan()).toBe(503);
  });

  it('or not there at all, the scan gets its page', async () => {
    const { app } = startApp('http://127.0.0.1:1');
    expect((await app.inject(`/scan/${lunch.id}`)).statusCode).toBe(503);
  });
});
