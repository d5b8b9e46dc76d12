import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseServices } from '../../src/delivery/services.ts';
import { read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

async function service(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = async (services: readonly { name: string; url: string }[]) =>
  read(await start({ delivery: { services, serviceToken: 'secret' } }), '/api/delivery');

describe('GET /api/delivery', () => {
  it('asks each service with the token and without a trace, and passes on what it says', async () => {
    const stats = { lanes: { import: { delivered: 3 } } };
    const url = await service(({ url: path, headers }, response) => {
      const isKnown = path === '/internal/stats' && headers.authorization === 'Bearer secret';
      expect(headers['sentry-trace']).toMatch(/-0$/);
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(stats));
    });
    expect(await ask([{ name: 'qr-service', url }])).toEqual({ services: [{ name: 'qr-service', stats }] });
  });

  it('says of each that did not answer why, beside those that did', async () => {
    const good = await service((_request, response) => response.end('{}'));
    const refusing = await service((_request, response) => response.writeHead(401).end());
    const odd = await service((_request, response) => response.end('<html>'));
    const elsewhere = await service((_request, response) => response.writeHead(302, { location: good }).end());
    const silent = await service(() => undefined);
    const { services } = await ask([
      { name: 'good', url: good },
      { name: 'refusing', url: refusing },
      { name: 'odd', url: odd },
      { name: 'elsewhere', url: elsewhere },
      { name: 'silent', url: silent },
      { name: 'down', url: 'http://127.0.0.1:9' },
    ]);
    expect(services).toEqual([
      { name: 'good', stats: {} },
      { name: 'refusing', failure: 'answered 401' },
      { name: 'odd', failure: 'answered no JSON' },
      { name: 'elsewhere', failure: 'cannot be reached' },
      { name: 'silent', failure: 'did not answer within 2 s' },
      { name: 'down', failure: 'cannot be reached' },
    ]);
  });

  it('answers with nobody when nobody is to be asked', async () => {
    expect(await read(await start(), '/api/delivery')).toEqual({ services: [] });
  });
});

describe('INBOX_SERVICES', () => {
  it('is a list of names and origins', () => {
    expect(parseServices('a=http://127.0.0.1:1, b=https://b.example/ ,')).toEqual([
      { name: 'a', url: 'http://127.0.0.1:1' },
      { name: 'b', url: 'https://b.example' },
    ]);
    expect(parseServices('')).toEqual([]);
  });

  it.each(['auth-service', 'a=ftp://x', '=http://x', 'a=http://'])('refuses %j with a sentence', (list) => {
    expect(() => parseServices(list)).toThrow('INBOX_SERVICES must be a list of name=http://host:port');
  });
});
