import { afterEach, expect, it, vi } from 'vitest';
import { createKeepingTransport } from '../../src/late/keeping-transport.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(answers: (number | 'refused')[]) {
  vi.useFakeTimers();
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    const answer = answers.shift() ?? 200;
    sent.push(`${JSON.parse(String(body).split('\n')[0] ?? '{}').event_id} ${answer}`);
    if (answer === 'refused') throw new TypeError('Failed to fetch');
    return new Response('{}', { status: answer });
  });
  const page = { keep: () => false, keptKey: 'none', whenLeft: () => undefined };
  const make = createKeepingTransport(page as unknown as Parameters<typeof createKeepingTransport>[0]);
  const transport = make({ url: 'http://localhost/o/r', recordDroppedEvent: () => undefined });
  const send = (id: string, type = 'event') =>
    Promise.resolve(transport.send([{ event_id: id }, [[{ type }, {}]]] as never)).catch(() => undefined);
  return { send, sent };
}

it('sends an error again that found no connection, ever more seldom, and when the browser is online again', async () => {
  const { send, sent } = open(['refused', 'refused', 'refused']);
  await send('a');
  expect(sent).toEqual(['a refused']);
  await vi.advanceTimersByTimeAsync(10_150);
  expect(sent).toEqual(['a refused', 'a refused']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(10_150);
  expect(sent).toEqual(['a refused', 'a refused', 'a refused']);
  await vi.advanceTimersByTimeAsync(150);
  dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.at(-1)).toBe('a 200');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(sent).toHaveLength(4);
});

it('keeps errors only, not what the receiver refused for good, and not more than thirty', async () => {
  const { send, sent } = open(['refused', 400, ...Array.from({ length: 40 }, () => 503)]);
  await send('span', 'span');
  await send('wrong');
  for (let number = 0; number < 40; number++) await send(`busy${number}`);
  const before = sent.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent.slice(before).every((line) => line.startsWith('busy'))).toBe(true);
  expect(sent.length - before).toBe(30);
});
