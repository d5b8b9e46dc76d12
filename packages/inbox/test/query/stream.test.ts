import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, goodEvent, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

/** Reads messages off the stream. */
async function listen(
  inbox: Inbox,
): Promise<{ next(count: number): Promise<Record<string, unknown>[]>; stop(): void }> {
  const abort = new AbortController();
  const response = await fetch(`${inbox.url}/api/stream`, { signal: abort.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(count) {
      const messages: Record<string, unknown>[] = [];
      while (messages.length < count) {
        const end = text.indexOf('\n\n');
        if (end === -1) {
          text += (await reader?.read())?.value ?? '';
          continue;
        }
        const message = text.slice(0, end);
        text = text.slice(end + 2);
        if (message.startsWith('data: ')) messages.push(JSON.parse(message.slice(6)));
      }
      return messages;
    },
    stop: () => abort.abort(),
  };
}

describe('GET /api/stream', () => {
  it('begins with what is there, then sends each arrival as it comes', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'before')]);
    const stream = await listen(inbox);
    expect(await stream.next(1)).toMatchObject([{ kind: 'event', event: 'before' }]);
    await post(inbox, '/import', [goodEvent({}, 'after')]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: {} }]);
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'm' }));
    await postEnvelope(inbox, container('span', [{ name: 's' }]));
    await postEnvelope(inbox, container('log', [{ body: 'l' }]));
    const kinds = (await stream.next(5)).map(({ kind }) => kind);
    expect(kinds).toEqual(['event', 'profile', 'error', 'span', 'log']);
    stream.stop();
  });

  it('says when all was cleared', async () => {
    const inbox = await start();
    const stream = await listen(inbox);
    inbox.clear();
    expect(await stream.next(1)).toEqual([{ kind: 'clear' }]);
    stream.stop();
  });

  it('says that faults have come, struck and gone, and that records were taken out', async () => {
    const inbox = await start();
    const time = Date.UTC(2026, 0, 1);
    const event = goodEvent({ time });
    const later = { ...event, properties: { ...event.properties, time: time + 1 } };
    await post(inbox, '/import', [event, later]);
    const stream = await listen(inbox);
    await stream.next(2);
    const { id } = inbox.faults.add({ endpoint: 'track', fault: { kind: 'status', status: 500 } });
    await post(inbox, '/track', [goodEvent()]);
    inbox.faults.remove(id);
    inbox.compact();
    expect((await stream.next(4)).map(({ kind }) => kind)).toEqual(['faults', 'faults', 'faults', 'removed']);
    stream.stop();
  });

  it('skips what a reader cannot take, and says how much', async () => {
    const inbox = await start();
    const socket = connect(inbox.port, '127.0.0.1').pause();
    socket.write('GET /api/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const large = goodEvent(
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 'x'.repeat(250)])),
    );
    const sent = 600;
    for (let count = 0; count < sent; count += 60) {
      await post(
        inbox,
        '/import',
        Array.from({ length: 60 }, () => ({ ...large })),
      );
    }
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.resume();
    // The count is sent with the first record for which there is room again.
    while (!text.includes('"skipped"')) {
      await post(inbox, '/import', [goodEvent()]);
    }
    const skipped = Number(/"kind":"skipped","count":(\d+)/.exec(text)?.[1]);
    expect(skipped).toBeGreaterThan(0);
    expect(text.match(/"kind":"event"/g)?.length).toBeLessThan(sent);
    socket.destroy();
  });

  it('does not keep the inbox from closing', async () => {
    const inbox = await start();
    await listen(inbox);
    await inbox.close();
    await expect(fetch(inbox.url)).rejects.toThrow('fetch failed');
  });
});
