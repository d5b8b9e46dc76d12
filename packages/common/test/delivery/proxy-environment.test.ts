import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createHttpClient } from '../../../delivery/src/http.ts';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

/** A proxy that opens a way to any host, as one at the edge of a company's network does. */
async function startProxy() {
  const opened: string[] = [];
  const server = createServer();
  server.on('connect', (request, client, head) => {
    opened.push(String(request.url));
    const [host = '', port] = String(request.url).split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, opened };
}

/** Every variable that a proxy can be named in, absent unless a test sets it. */
const noProxies = Object.fromEntries(
  ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
    [name, undefined],
    [name.toUpperCase(), undefined],
  ]),
);

async function postThrough(variables: (proxyHost: string) => Record<string, string>) {
  const [proxy, inbox] = await Promise.all([startProxy(), startInbox()]);
  onTestFinished(setEnv({ ...noProxies, ...variables(new URL(proxy.url).host) }));
  const client = createHttpClient({ warn: core.warnOnce, origin: inbox.url });
  onTestFinished(async () => {
    await client.close();
    await inbox.close();
  });
  return { reply: await client.postText('/engage?verbose=1', {}, '[]'), opened: proxy.opened.length };
}

describe('a request', () => {
  it.each([
    ['HTTP_PROXY', 'http://'],
    ['http_proxy', 'http://'],
    ['http_proxy', ''],
    ['HTTP_PROXY', ' '],
    ['all_proxy', ''],
    ['ALL_PROXY', 'http://'],
  ])('goes through the proxy of %s="%shost:port"', async (name, scheme) => {
    expect(await postThrough((host) => ({ [name]: scheme + host }))).toMatchObject({
      reply: { status: 200 },
      opened: 1,
    });
  });

  it('takes the lower-case variable first, and an empty one for absent', async () => {
    const lower = await postThrough((host) => ({ http_proxy: host, HTTP_PROXY: 'http://127.0.0.1:9' }));
    expect(lower).toMatchObject({ reply: { status: 200 }, opened: 1 });
    const empty = await postThrough((host) => ({ http_proxy: '', HTTP_PROXY: host }));
    expect(empty).toMatchObject({ reply: { status: 200 }, opened: 1 });
  });

  it.each(['127.0.0.1', '*', 'example.com, 127.0.0.1', 'example.com 127.0.0.1', '0.0.1', 'other.host,*'])(
    'goes directly to a host that NO_PROXY=%s excepts',
    async (exceptions) => {
      const { reply, opened } = await postThrough((host) => ({ HTTP_PROXY: host, NO_PROXY: exceptions }));
      expect(reply).toMatchObject({ status: 200 });
      expect(opened).toBe(0);
    },
  );

  it.each(['127.0.0.1:9', 'example.com', '27.0.0.1'])(
    'goes through the proxy when NO_PROXY is %s',
    async (exceptions) => {
      expect(await postThrough((host) => ({ HTTP_PROXY: host, NO_PROXY: exceptions }))).toMatchObject({ opened: 1 });
    },
  );

  it('does not go through the proxy of https addresses when it is http', async () => {
    expect(await postThrough((host) => ({ https_proxy: host }))).toMatchObject({ reply: { status: 200 }, opened: 0 });
  });
});

describe('a proxy that opens no way', () => {
  it.each([
    ['closes the connection', (socket: Socket) => void socket.destroy()],
    ['answers 502', (socket: Socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')],
    ['answers something else', (socket: Socket) => void socket.end('hello\r\n\r\n')],
    ['never answers', () => {}],
  ])('and %s fails the request in time, and is not asked again by itself', async (_what, behave) => {
    let asked = 0;
    const server = createTcpServer((socket) => {
      asked++;
      socket.on('error', () => {});
      socket.once('data', () => behave(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    onTestFinished(setEnv({ ...noProxies, http_proxy: `127.0.0.1:${(server.address() as AddressInfo).port}` }));
    const client = createHttpClient({ warn: core.warnOnce, origin: 'http://example.com', timeoutMs: 200 });
    expect(await client.postText('/x', {}, '[]')).toEqual({ networkError: expect.any(String) });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked).toBe(1);
    await client.close();
  });
});

describe('a proxy that cannot be used', () => {
  const malformed = ['http://', '%%%', 'ftp://host:1', 'http://us%er:pa%ss@host:1', 'host:99999', 'my proxy:1'];

  it.each(malformed)('"%s" is passed by nobody: records wait, and a warning names the variable', async (value) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    core.warnOnce.reset();
    const { reply } = await postThrough(() => ({ HTTP_PROXY: value }));
    expect(reply).toEqual({ networkError: expect.stringContaining('proxy') });
    expect(String(warn.mock.lastCall)).toMatch(/HTTP_PROXY: expected the address of a proxy.* NO_PROXY/);
    expect(String(warn.mock.calls)).not.toContain('pa%ss');
  });

  it.each(malformed)('"%s" harms nobody who does not need it', async (value) => {
    const { reply } = await postThrough(() => ({ HTTP_PROXY: value, NO_PROXY: '127.0.0.1' }));
    expect(reply).toMatchObject({ status: 200 });
  });

  it.each([...malformed, 'http://127.0.0.1:9', '127.0.0.1:9'])('"%s" lets both halves start', async (value) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const restore = setEnv({
      ...noProxies,
      ...{ HTTP_PROXY: value, HTTPS_PROXY: value, https_proxy: value },
      ...{ NODE_ENV: 'test', MIXPANEL_TOKEN: 'test-token', SENTRY_DSN: 'https://public@127.0.0.1:9/1' },
    });
    onTestFinished(restore);
    initializeSentry('test-service');
    expect(initializeMixpanel()).not.toBeNull();
    expect(observabilityStats()).toMatchObject({ analytics: 'on', errors: 'on' });
    expect(process.env['HTTP_PROXY']).toBe(value);
    trackEvent('logout', 'u1');
    await flushObservability(200);
    expect(observabilityStats().lanes.import).toMatchObject({ delivered: 0, dropped: {} });
    await closeObservability(100);
  });
});
