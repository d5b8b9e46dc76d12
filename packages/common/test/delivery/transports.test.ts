import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { createMixpanelHttpTransport } from '../../src/delivery/transports/mixpanel-http.ts';
import { createMemoryTransport } from '../../src/testing/index.ts';
import { describeTransportContract } from '../contract/transport-contract.ts';

describeTransportContract('the memory double', async () => {
  const transport = createMemoryTransport();
  return {
    transport,
    received: (lane) => transport.records(lane),
    answerNext: (status, body) => transport.answerNext({ status, headers: {}, body }),
  };
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
