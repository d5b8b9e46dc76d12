import type { Inbox } from '@qr/inbox';
import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { createMemoryTransport, type Reply } from '../../../telemetry/src/testing.ts';
import { startPipelineToInbox } from './pipeline-to-inbox.ts';

type Fault = Parameters<Inbox['faults']['add']>[0]['fault'];

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

const transientFaults: readonly (readonly [string, Fault])[] = [
  ['resets the connection before the body', { kind: 'reset', when: 'before' }],
  ['resets the connection in the middle of the body', { kind: 'reset', when: 'during' }],
  ['resets the connection after it has stored all', { kind: 'reset', when: 'after' }],
  ['never answers', { kind: 'hang' }],
  ['stores all and never answers', { kind: 'hang', store: true }],
  ['answers 408', { kind: 'status', status: 408 }],
  ['answers 429 without Retry-After', { kind: 'rate-limit', headers: 'none' }],
  ['answers 500', { kind: 'status', status: 500 }],
  ['answers 502 with a page of a proxy', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
  ['answers 503', { kind: 'status', status: 503 }],
  ['answers 503 although it has stored all', { kind: 'status', status: 503, store: true }],
  ['answers 504', { kind: 'status', status: 504 }],
  ['is a captive portal: 200 and a page', { kind: 'content-type', contentType: 'text/html' }],
  ['answers 200 and half a JSON text', { kind: 'status', status: 200, body: '{"code":200,"num_rec' }],
  ['answers 200 and JSON of somebody else', { kind: 'status', status: 200, body: '{"login":"/portal"}' }],
  ['answers 401 because the token is wrong', { kind: 'status', status: 401 }],
  ['answers 403', { kind: 'status', status: 403 }],
];

/** What stands between us and the receiver: gateways, firewalls, hotel networks, wrong hosts. */
const answersOfThePath: readonly (readonly [string, number, string])[] = [
  ...[301, 302, 307, 401, 402, 403, 404, 405, 407, 408, 409, 410, 418, 421, 422, 425, 429, 431, 451].map(
    (status) => ['a page', status, '<html>No</html>'] as const,
  ),
  ...[500, 501, 502, 503, 504, 507, 520, 530].map((status) => ['a page', status, '<html>No</html>'] as const),
  ...[403, 404, 429, 500].map((status) => ['JSON', status, '{"error":"no","status":0,"code":400}'] as const),
  ['a page', 200, '<html>Log in</html>'],
  ['nothing', 200, ''],
  ['nothing', 204, ''],
  ['nothing', 202, ''],
  ['the JSON of a portal', 200, '{"status":"ok","login":"/portal"}'],
  ['a page', 400, '<html>Bad Request</html>'],
  ['nothing', 400, ''],
  ['the JSON of a gateway', 400, '{"statusCode":400,"error":"Bad Request","message":"no"}'],
];

describe('a path to the receiver that for a while answers', () => {
  it.each(answersOfThePath)(
    '%s with %i keeps everything, says so once, and delivers it afterwards (%s)',
    async (_, status, body) => {
      const { inbox, pipeline, track, received, deadLetters, deliverAll, stats, warnings } =
        await startPipelineToInbox();
      const { id } = inbox.faults.add({ endpoint: 'import', fault: { kind: 'status', status, body } });
      for (let n = 0; n < 4; n++) {
        track(n * 10, 10);
        expect(await pipeline.flush(3000)).toEqual({ delivered: 0, pending: 0, spooled: (n + 1) * 10 });
      }
      inbox.faults.remove(id);
      await deliverAll();
      expect([...received()].sort((a, b) => Number(a) - Number(b))).toEqual(upTo(40));
      expect(deadLetters()).toEqual([]);
      expect(stats()).toMatchObject({ delivered: 40, dropped: {} });
      expect(warnings).toEqual([expect.stringContaining(`status ${status}`)]);
    },
  );

  it('a wait keeps to it, however often it is asked to flush, which says what is pending', async () => {
    const { inbox, pipeline, track, received } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'rate-limit', retryAfterSeconds: 2 } });
    track(0, 10);
    const start = performance.now();
    for (let times = 1; times <= 20; times++) {
      expect(await pipeline.flush(1000)).toEqual({ delivered: 0, pending: 0, spooled: 10 * times });
      track(10 * times, 10);
    }
    expect(inbox.raw()).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(1900);
    await inbox.waitFor(() => received().length === 200, 5000);
    const [first, second] = inbox.raw();
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  it.each([['0'], ['-1'], [new Date(0).toUTCString()], ['tomorrow']])(
    'Retry-After: %s is not asked again at once',
    async (retryAfter) => {
      const { inbox, pipeline, track, received, deliverAll } = await startPipelineToInbox();
      const headers = { 'retry-after': retryAfter };
      inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'status', status: 503, headers } });
      track(0, 10);
      await pipeline.flush(1000);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(received()).toEqual([]);
      expect(inbox.raw()).toHaveLength(1);
      await deliverAll();
      expect(received()).toEqual(upTo(10));
    },
  );

  it('in gzip is understood', async () => {
    const { inbox, pipeline, track, received, stats } = await startPipelineToInbox();
    inbox.faults.add({ fault: { kind: 'gzip' } });
    track(0, 10);
    pipeline.push('engage', '{"$distinct_id":"u1","$token":"test-token","$set":{"plan":"pro"}}');
    await pipeline.flush(3000);
    expect(received()).toEqual(upTo(10));
    expect(stats()).toMatchObject({ delivered: 10, retried: 0 });
    expect(pipeline.stats().engage).toMatchObject({ delivered: 1, retried: 0 });
  });

  it('200 and says that it is busy is no acknowledgement', async () => {
    const { inbox, pipeline, track, received, deliverAll, deadLetters } = await startPipelineToInbox();
    const replies = [
      '{"code":200,"num_records_imported":0,"status":"OK"}',
      '{"code":200,"status":"OK"}',
      '{"code":429,"error":"busy"}',
      '1',
    ];
    for (const body of replies)
      inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'status', status: 200, body } });
    track(0, 10);
    for (let times = 0; times < replies.length; times++) {
      expect(await pipeline.flush(1000)).toMatchObject({ delivered: 0 });
    }
    await deliverAll();
    expect(received()).toEqual(upTo(10));
    expect(deadLetters()).toEqual([]);
  });
});

describe('a receiver of profiles that answers 200', () => {
  it.each([
    [
      'names the refused ones',
      '{"code":400,"error":"bad","num_good_events":2,"failed_records":[{"index":1,"message":"bad"}]}',
      [1],
    ],
    ['says 0', '0', []],
    ['says status 0', '{"status":0,"error":"bad"}', []],
    ['says status 1 and an error', '{"status":1,"error":"some were bad"}', []],
    ['counts fewer', '{"status":1,"error":null,"num_good_events":2}', []],
    ['is empty', '', []],
  ])('and %s is believed', async (_, body, refused) => {
    const { inbox, pipeline, deadLetters } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'engage', requests: 1, fault: { kind: 'status', status: 200, body } });
    for (let n = 0; n < 3; n++) {
      pipeline.push('engage', JSON.stringify({ $distinct_id: `u${n}`, $token: 'test-token', $set: { n } }));
    }
    for (let times = 0; times < 3; times++) await pipeline.flush(3000);
    expect(deadLetters('engage').map(({ record }) => (record as unknown as { $set: { n: number } }).$set.n)).toEqual(
      refused,
    );
    expect(pipeline.stats().engage).toMatchObject({ delivered: 3 - refused.length, pending: 0 });
    expect(inbox.profiles()).toHaveLength(refused.length > 0 ? 0 : 3);
  });
});

describe('a receiver that for two requests', () => {
  it.each(transientFaults)('%s costs nothing, and makes no dead letter', async (_, fault) => {
    const { inbox, track, received, deadLetters, deliverAll, stats } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'import', requests: 2, fault });
    track(0, 50);
    await deliverAll();
    expect(received()).toEqual(upTo(50));
    expect(deadLetters()).toEqual([]);
    expect(stats()).toMatchObject({ delivered: 50, retried: 100, dropped: {} });
  });

  it.each([
    ['answers byte by byte', 'drips'],
    ['takes the connection and is silent', 'is deaf'],
    ['breaks off its answer', 'breaks off'],
  ] as const)('%s costs nothing', async (_, manner) => {
    const { proxy, pipeline, track, received, deliverAll, stats } = await startPipelineToInbox();
    proxy.behave(manner);
    track(0, 50);
    expect(await pipeline.flush(3000)).toEqual({ delivered: 0, pending: 0, spooled: 50 });
    proxy.behave('passes on');
    await deliverAll();
    expect(received()).toEqual(upTo(50));
    expect(stats()).toMatchObject({ delivered: 50, retried: 50, dropped: {} });
  });
});

describe('a receiver', () => {
  it('that refuses connections costs nothing', async () => {
    const { inbox, pipeline, track, stats } = await startPipelineToInbox();
    await inbox.close();
    track(0, 50);
    expect(await pipeline.flush(3000)).toEqual({ delivered: 0, pending: 0, spooled: 50 });
    expect(stats()).toMatchObject({ retried: 50, dropped: {} });
  });

  it('that asks for a pause with Retry-After gets it', async () => {
    const { inbox, pipeline, track, received } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'rate-limit', retryAfterSeconds: 1 } });
    track(0, 10);
    await pipeline.flush(1000);
    await inbox.waitFor(() => received().length === 10);
    const [first, second] = inbox.raw();
    expect((second?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('that refuses some records costs these, each with its reason among the dead letters', async () => {
    const { inbox, track, received, deadLetters, deliverAll, stats } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'partial', failEvery: 7 } });
    track(0, 50);
    await deliverAll();
    const isRefused = (n: number) => n % 7 === 0;
    expect(received()).toEqual(upTo(50).filter((n) => !isRefused(n)));
    expect(deadLetters().map(({ record }) => record.properties.n)).toEqual(upTo(50).filter(isRefused));
    expect(new Set(deadLetters().map(({ reason }) => reason)).size).toBe(1);
    expect(stats()).toMatchObject({ delivered: 42, dropped: { rejected: 8 } });
  });

  it('that refuses a request and names no record gets smaller ones, down to single records', async () => {
    const { inbox, track, received, deadLetters, deliverAll, stats, files } = await startPipelineToInbox();
    // Ten records, the first five, the first three, the first two, the first one.
    inbox.faults.add({ endpoint: 'import', requests: 5, fault: { kind: 'status', status: 400 } });
    track(0, 10);
    await deliverAll();
    expect(received()).toEqual(upTo(10).slice(1));
    expect(deadLetters().map(({ record }) => record.properties.n)).toEqual([0]);
    expect(stats()).toMatchObject({ delivered: 9, dropped: { rejected: 1 } });
    // Nor does the next process send the rejected one again.
    await expect.poll(files).toEqual([]);
  });

  it('that finds requests too large gets smaller ones', async () => {
    const { inbox, track, received, deliverAll, deadLetters, stats } = await startPipelineToInbox();
    inbox.faults.add({ endpoint: 'import', requests: 3, fault: { kind: 'status', status: 413 } });
    track(0, 50);
    await deliverAll();
    expect(received()).toEqual(upTo(50));
    expect(deadLetters()).toEqual([]);
    expect(stats()).toMatchObject({ delivered: 50, dropped: {} });
  });

  it('that does not accept the token is asked again, and complained of once', async () => {
    const { inbox, pipeline, track, received, deliverAll, warnings } = await startPipelineToInbox();
    const { id } = inbox.faults.add({ endpoint: 'import', fault: { kind: 'status', status: 401 } });
    track(0, 10);
    for (let times = 0; times < 3; times++) await pipeline.flush(1000);
    inbox.faults.remove(id);
    await deliverAll();
    expect(received()).toEqual(upTo(10));
    expect(warnings).toEqual([expect.stringContaining('check the token')]);
  });

  it('of profiles that says with 200 that it stored nothing makes a dead letter', async () => {
    const { pipeline, deadLetters, deliverAll } = await startPipelineToInbox();
    pipeline.push('engage', '{"$distinct_id":"u1","$set":"not an object"}');
    await deliverAll();
    expect(deadLetters('engage')).toHaveLength(1);
    expect(pipeline.stats().engage).toMatchObject({ delivered: 0, dropped: { rejected: 1 } });
  });

  it('that hangs holds up neither a flush nor a close, and what it did not take stays on disk', async () => {
    const { proxy, pipeline, track } = await startPipelineToInbox();
    proxy.behave('is deaf');
    track(0, 10);
    const start = performance.now();
    expect(await pipeline.flush(100)).toEqual({ delivered: 0, pending: 0, spooled: 10 });
    expect(performance.now() - start).toBeLessThan(1000);
    await pipeline.close(100);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('that is reached through a transport that answers nonsense costs nothing, and does not end the process', async () => {
    const transport = createMemoryTransport();
    const { send } = transport;
    const nonsense = [{ status: 503 }, { status: 200, headers: {} }, undefined];
    transport.send = (lane, batch) =>
      nonsense.length > 0 ? Promise.resolve(nonsense.shift() as Reply) : send(lane, batch);
    const pipeline = createPipeline({
      lanes,
      personIds: personIdsOf([]),
      transports: { import: transport },
      flushIntervalMs: 60_000,
      warn: () => {},
    });
    pipeline.push('import', '{"n":1}');
    for (let attempt = 0; attempt < 4; attempt++) await pipeline.flush(1000);
    await pipeline.close(0);
    expect(transport.records()).toEqual([{ n: 1 }]);
  });
});
