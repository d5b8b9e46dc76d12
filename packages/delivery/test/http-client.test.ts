import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../src/http.ts';
import { HttpExchange } from '../src/http-exchange.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function ask(answer: (response: ServerResponse, body: string) => void, timeoutMs = 2000) {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => answer(response, `${request.method} ${request.url} ${request.headers['x-test']}: ${body}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient({
    warn: () => {},
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs,
  });
  opened.push(client, {
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return client.postText('/path?x=1', { 'x-test': 'yes' }, 'sent');
}

it('gives the status, the headers and the text of an answer', async () => {
  const reply = await ask((response, got) => response.writeHead(429, { 'retry-after': '7' }).end(`got ${got} ä`));
  expect(reply).toMatchObject({ status: 429, body: 'got POST /path?x=1 yes: sent ä' });
  expect(reply).toHaveProperty('headers.retry-after', '7');
});

it('gives up on a receiver that answers byte by byte', async () => {
  const started = performance.now();
  const reply = await ask((response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  }, 100);
  expect(reply).toEqual({ networkError: 'no whole answer within 300 ms' });
  expect(performance.now() - started).toBeLessThan(5000);
});

it('does not gather an answer without end', async () => {
  const reply = await ask((response) => response.end(Buffer.alloc(3 * 1024 * 1024)));
  expect(reply).toEqual({ networkError: 'an answer of more than 1048576 bytes' });
});

it('tells why there was no answer', async () => {
  expect(await ask((response) => response.destroy())).toEqual({ networkError: expect.stringMatching(/closed|reset/) });
  const closed = createHttpClient({ warn: () => {}, origin: 'http://127.0.0.1:9' });
  await closed.close();
  expect(await closed.postText('/', {}, '')).toEqual({ networkError: expect.stringContaining('destroyed') });
});

it('does not send what has waited for a connection for too long: it is sent again under the same id', async () => {
  const reply = await new Promise((resolve) => {
    const exchange = new HttpExchange((told) => {
      const aborted: unknown[] = [];
      const controller: Partial<Dispatcher.DispatchController> = { abort: (error) => aborted.push(error) };
      exchange.onRequestStart(controller as Dispatcher.DispatchController);
      resolve({ told, aborted: aborted.length });
    }, 5);
  });
  expect(reply).toEqual({ told: { networkError: 'no whole answer within 5 ms' }, aborted: 1 });
});

describe('a compressed reply', () => {
  const text = '{"code":200,"num_records_imported":1,"status":"OK"} \u00e4';

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
    ['br, gzip', gzipSync(brotliCompressSync(text))],
  ])('in %s is read', async (encoding, body) => {
    const reply = await ask((response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));
    expect(reply).toMatchObject({ status: 200, body: text });
  });

  it.each([
    ['gzip', Buffer.from(text)],
    ['gzip', gzipSync(text).subarray(0, 20)],
    ['gzip', gzipSync(Buffer.alloc(50 * 1024 * 1024))],
    ['br', brotliCompressSync(Buffer.alloc(50 * 1024 * 1024))],
    ['gzip, gzip, gzip', Buffer.from(text)],
    ['toString', Buffer.from(text)],
    ['', Buffer.from(text)],
  ])('in %j that cannot be decoded keeps its status', async (encoding, body) => {
    const reply = await ask((response) => response.writeHead(503, { 'content-encoding': encoding }).end(body));
    expect(reply).toMatchObject({
      status: 503,
      body: encoding === '' ? text : expect.stringContaining('cannot be decoded'),
    });
  });
});

it('answers with a failure, and warns once, with an origin of a protocol that it does not speak', async () => {
  const warnings: string[] = [];
  const client = createHttpClient({ origin: 'ftp://127.0.0.1', warn: (message) => void warnings.push(message) });
  for (let request = 0; request < 2; request++) {
    expect(await client.postText('/', {}, '[]')).toHaveProperty('networkError');
  }
  await client.close();
  expect(warnings).toEqual([expect.stringContaining('cannot be made')]);
});
