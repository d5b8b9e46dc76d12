import { expect, it } from 'vitest';
import { privateReplay } from '../../src/late/replay.ts';

type Envelope = Parameters<typeof privateReplay>[0];
const envelope = (...items: unknown[]) => [{ event_id: 'a' }, items] as unknown as Envelope;

it('a recording keeps its shape, and loses queries, names and what looks like a secret', () => {
  const recording = `{"segment_id":0}\n${JSON.stringify([
    { type: 4, data: { href: 'https://app.example/reset?token=abc#part', width: 800 }, timestamp: 1 },
    { type: 5, data: { tag: 'breadcrumb', payload: { message: 'mail to ada@private.example' } } },
  ])}`;
  const event = {
    type: 'replay_event',
    replay_id: '4111111111111111a4111111111111ff',
    urls: ['https://app.example/reset?token=abc'],
    user: { id: 'u1', email: 'ada@private.example' },
    request: { headers: { Referer: 'https://x.example/?q=1' } },
  };
  const clean = privateReplay(
    envelope([{ type: 'replay_event' }, event], [{ type: 'replay_recording', length: 1 }, recording]),
  );
  const [, items] = clean as unknown as [unknown, [Record<string, unknown>, unknown][]];
  expect(items[0]?.[1]).toEqual({
    type: 'replay_event',
    replay_id: event.replay_id,
    urls: ['https://app.example/reset'],
    user: { id: 'u1' },
  });
  const text = String(items[1]?.[1]);
  expect(text.split('\n')[0]).toBe('{"segment_id":0}');
  expect(JSON.parse(text.split('\n')[1] ?? '')[0]).toEqual({
    type: 4,
    data: { href: 'https://app.example/reset', width: 800 },
    timestamp: 1,
  });
  expect(text).not.toMatch(/ada@|token/);
  expect(items[1]?.[0]['length']).toBe(new TextEncoder().encode(text).length);
});

it('a recording that cannot be read is not sent, and other envelopes are left alone', () => {
  const compressed = privateReplay(envelope([{ type: 'replay_recording' }, new Uint8Array([1, 2])]));
  expect((compressed as unknown as [unknown, unknown[]])[1]).toEqual([]);
  const other = envelope([{ type: 'event' }, { message: 'x' }]);
  expect(privateReplay(other)).toBe(other);
});
