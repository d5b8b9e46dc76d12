import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAnalyticsHttpTransport } from '../../../telemetry/src/destinations/analytics-service.ts';
import { createMixpanelHttpTransport } from '../../../telemetry/src/destinations/mixpanel.ts';
import { createMemoryTransport } from '../../../telemetry/src/testing.ts';
import { describeTransportContract } from '../contract/transport-contract.ts';

describeTransportContract('the memory double', async () => {
  const transport = createMemoryTransport();
  return {
    transport,
    received: (lane) => transport.records(lane),
    answerNext: (status, body) => transport.answerNext({ status, headers: {}, body }),
  };
});

const anEvent = () => ({
  event: 'logout',
  properties: { time: Date.now(), distinct_id: 'u1', $insert_id: randomUUID() },
});

const sealed = (records: readonly unknown[]) => ({
  id: 'test-1',
  records: records.length,
  body: gzipSync(JSON.stringify(records)),
});

async function openHttp() {
  const inbox = await startInbox({ keepRaw: true });
  const transport = createMixpanelHttpTransport({ apiHost: inbox.url, token: 'test-token', timeoutMs: 1000 });
  onTestFinished(async () => {
    await transport.close();
    await inbox.close();
  });
  return {
    inbox,
    transport,
    received: (lane: string) => (lane === 'import' ? inbox.events() : inbox.profiles()),
    answerNext: (status: number, body: string) => {
      inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'status', status, body } });
    },
  };
}

describeTransportContract('HTTP', openHttp);

describe('analytics-service, of several instances', () => {
  const refusesConnections = 'http://127.0.0.1:1';

  async function open(urls: (live: string) => readonly string[]) {
    const inbox = await startInbox();
    const transport = createAnalyticsHttpTransport({
      urls: urls(inbox.url),
      serviceToken: 'test-token',
      timeoutMs: 1000,
    });
    onTestFinished(async () => {
      await transport.close();
      await inbox.close();
    });
    return transport;
  }

  it('gets every batch through an instance that can be reached', async () => {
    const transport = await open((live) => [refusesConnections, live]);
    for (let batch = 0; batch < 4; batch++)
      expect(await transport.send('analytics', sealed([anEvent()]))).toMatchObject({ status: 200 });
  });

  it('is not asked twice when it refuses', async () => {
    const transport = await open((live) => [live, live]);
    const reply = await transport.send('analytics', sealed([{ event: 'x', properties: {} }]));
    expect(reply).toMatchObject({ status: 400 });
  });

  it('that cannot be reached at all is a reply', async () => {
    const transport = await open(() => [refusesConnections, refusesConnections]);
    expect(await transport.send('analytics', sealed([]))).toEqual({ networkError: expect.any(String) });
  });
});

it('HTTP sends the token as user name, and the body compressed', async () => {
  const { inbox, transport } = await openHttp();
  await transport.send('import', sealed([]));
  const [request] = inbox.raw();
  expect(request?.url).toBe('/import?strict=1');
  expect(request?.headers).toMatchObject({
    authorization: `Basic ${Buffer.from('test-token:').toString('base64')}`,
    'content-encoding': 'gzip',
  });
});

it.each(['engage', 'groups'] as const)(
  'HTTP sends to /%s uncompressed, and asks which records were refused',
  async (lane) => {
    const { inbox, transport } = await openHttp();
    const owner = lane === 'groups' ? { $group_key: 'company', $group_id: 'acme' } : { $distinct_id: 'u1' };
    const records = [{ $token: 'test-token', ...owner, $set: { plan: 'pro \u{1F600}' } }];
    expect(await transport.send(lane, sealed(records))).toMatchObject({ status: 200 });
    const [request] = inbox.raw();
    expect(request?.url).toMatch(new RegExp(`^/${lane}\\?.*strict=1`));
    expect(request?.headers).not.toHaveProperty('content-encoding');
    expect(inbox.profiles()).toHaveLength(1);
  },
);

it('HTTP turns a batch that cannot be read into a reply instead of an exception', async () => {
  const { transport } = await openHttp();
  const batch = { id: 'test-2', records: 1, body: Buffer.from('no gzip') };
  expect(await transport.send('engage', batch)).toEqual({ networkError: expect.stringContaining('cannot be read') });
});

it('HTTP passes on a refusal with its body', async () => {
  const { transport } = await openHttp();
  const reply = await transport.send('import', sealed([{ event: 'x', properties: {} }]));
  expect(reply).toMatchObject({ status: 400, body: expect.stringContaining('failed_records') });
});

it('HTTP turns a dead network into a reply instead of an exception', async () => {
  const transport = createMixpanelHttpTransport({ apiHost: 'http://127.0.0.1:1', token: 't', timeoutMs: 500 });
  onTestFinished(() => transport.close());
  expect(await transport.send('import', sealed([]))).toEqual({ networkError: expect.any(String) });
});

it('HTTP gives up on a receiver that never answers', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const transport = createMixpanelHttpTransport({ apiHost: `http://127.0.0.1:${port}`, token: 't', timeoutMs: 300 });
  onTestFinished(async () => {
    await transport.close();
    silent.close();
  });
  expect(await transport.send('import', sealed([]))).toEqual({ networkError: expect.any(String) });
});
