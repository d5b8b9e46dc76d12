import { describe, expect, it } from 'vitest';
import { startInbox } from '../src/index.ts';
import { goodEvent, post, read } from './requests.ts';
import { inboxesForTests } from './with-inbox.ts';

const start = inboxesForTests();

describe('startInbox', () => {
  it('listens on a free loopback port and says how to reach it', async () => {
    const inbox = await start();
    expect(inbox.url).toBe(`http://127.0.0.1:${inbox.port}`);
    expect(inbox.dsn('42')).toBe(`http://public@127.0.0.1:${inbox.port}/42`);
    expect((await fetch(`${inbox.url}/health/live`)).status).toBe(200);
  });

  it('refuses to start in production', async () => {
    await expect(startInbox({ environment: 'production' })).rejects.toThrow(/INBOX_ALLOW_PRODUCTION=1/);
  });

  it('starts in production when that is meant', async () => {
    const inbox = await start({ environment: 'production', allowProduction: true });
    expect((await fetch(`${inbox.url}/health/live`)).status).toBe(200);
  });

  it('rejects when the port is taken', async () => {
    const { port } = await start();
    await expect(startInbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes twice as well as once', async () => {
    const inbox = await start();
    await Promise.all([inbox.close(), inbox.close()]);
    await expect(fetch(inbox.url)).rejects.toThrow('fetch failed');
  });

  it('keeps 100,000 events unless told otherwise, the oldest out, and says how many went', {
    timeout: 30_000,
  }, async () => {
    const inbox = await start();
    for (let round = 0; round < 51; round += 1) {
      const events = Array.from({ length: 2000 }, (_, index) => goodEvent({ index: round * 2000 + index }));
      expect((await post(inbox, '/import', events)).status).toBe(200);
    }
    const stats = await read(inbox, '/api/stats');
    expect(stats).toMatchObject({ kinds: { event: { stored: 100_000, evicted: 2000 } } });
    const [oldest] = inbox.events();
    expect(oldest?.properties['index']).toBe(2000);
  });

  it('stays within its bounds however much arrives', async () => {
    const inbox = await start({ maxRecords: 50 });
    for (let round = 0; round < 5; round += 1) {
      await post(
        inbox,
        '/import',
        Array.from({ length: 40 }, () => goodEvent({ round })),
      );
    }
    expect(inbox.events()).toHaveLength(50);
    expect(inbox.events().at(-1)?.properties['round']).toBe(4);
  });
});

describe('waitFor', () => {
  it('resolves at once when the condition holds already', async () => {
    const inbox = await start();
    await inbox.waitFor(({ events }) => events().length === 0, 1);
  });

  it('resolves with the arrival that makes the condition true', async () => {
    const inbox = await start();
    const waiting = inbox.waitFor(({ events }) => events().length === 2);
    await post(inbox, '/import', [goodEvent()]);
    await post(inbox, '/import', [goodEvent()]);
    await waiting;
    expect(inbox.events()).toHaveLength(2);
  });

  it('says what has arrived instead', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'a'), goodEvent({}, 'a'), goodEvent({}, 'b'), { event: 'c' }]);
    const message = /within 20 ms .* 3 events \(a x2, b\), 0 profiles, .* 1 rejected record \(properties: /;
    await expect(inbox.waitFor(({ errors }) => errors().length > 0, 20)).rejects.toThrow(message);
  });

  it('rejects with what the condition throws', async () => {
    const inbox = await start();
    const failing = (): boolean => {
      throw new Error('cannot tell');
    };
    await expect(inbox.waitFor(failing)).rejects.toThrow('cannot tell');
  });
});
