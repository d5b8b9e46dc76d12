import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn, micrositeBaseUrl, observe, publicOrigin, scanBaseUrl, startApp } from './start-app.ts';

const observed = await observe();
afterAll(() => observed.stop());
let running: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  running = await startApp('embedded');
});
afterAll(() => running.stop());

const host = new URL(scanBaseUrl).host;

const LOOPBACK = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'qr.localhost', '%6cocalhost', 'localhost.localdomain', 'ip6-localhost'],
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.8.9.10', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '0.0.0.0', '0'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::ffff:127.0.0.1]', '[::127.0.0.1]', '[::ffff:0.0.0.0]'],
];

/** Addresses at which a scan of a code is answered, in every spelling that a browser or a server reads as one. */
const addressesOf = (id: string) => [
  `${scanBaseUrl}/scan/${id}`,
  `http://${host}/scan/${id}`,
  `https://${host}:443/scan/${id}`,
  `https://${host}:8443/scan/${id}`,
  `https://${host.toUpperCase()}/scan/${id}`,
  `https://${host}./scan/${id}`,
  `${scanBaseUrl}/%73can/${id}`,
  `${scanBaseUrl}/%73%63%61%6E/${id}`,
  `${scanBaseUrl}//scan/${id}`,
  `${scanBaseUrl}/x/../scan/${id}`,
  `${scanBaseUrl}/x/%2e%2e/scan/${id}`,
  `${scanBaseUrl}\\scan\\${id}`,
  `${scanBaseUrl}/scan/%2F${id}`,
  `${scanBaseUrl}/scan/${id}?again=1#part`,
  `${scanBaseUrl}/SCAN/${id}`,
  // The web server passes scans on.
  `${publicOrigin}/scan/${id}`,
  `http://${new URL(publicOrigin).host}/%73can/${id}`,
  // One proxy may serve all origins.
  `${micrositeBaseUrl}/scan/${id}`,
  `${scanBaseUrl}/scan/${id}/`,
  `${scanBaseUrl}/x/..%2fscan/${id}`,
  `${scanBaseUrl}/x%5c..%5cscan%5c${id}`,
  // This machine, on which the services listen.
  ...LOOPBACK.flatMap((name) => [`http://${name}/scan/${id}`, `https://${name}:3004/%73can/${id}`]),
];

describe('a code', () => {
  it('cannot be made to lead to another code', async () => {
    const person = await logIn(running.app);
    for (const destinationUrl of addressesOf('AAAAAAAAAAAA')) {
      const response = await person.generate({ type: 'url', destinationUrl });
      expect([destinationUrl, response.statusCode]).toEqual([destinationUrl, 400]);
      expect(response.json()).toMatchObject({ field: 'destinationUrl' });
    }
  });

  it('cannot be changed to lead to itself', async () => {
    const person = await logIn(running.app);
    const made = await person.generate({ type: 'url', destinationUrl: 'https://example.com/' });
    const { id } = made.json<{ id: string }>();
    for (const destinationUrl of addressesOf(id)) {
      const response = await person.patch(`/qr/${id}`, { destinationUrl });
      expect([destinationUrl, response.statusCode]).toEqual([destinationUrl, 400]);
    }
    expect((await person.get(`/qr/${id}`)).json()).toMatchObject({ destinationUrl: 'https://example.com/' });
  });

  it.each([
    `${scanBaseUrl}/scanner/1`,
    `${scanBaseUrl}/scan`,
    `${scanBaseUrl}/?next=/scan/1`,
    'https://other.example/scan/1',
    `https://other.example/${host}/scan/1`,
    `${publicOrigin}/pricing`,
    'https://example.com/%',
    'http://localhost:3000/menu',
    'http://localhost.example/scan/AAAAAAAAAAAA',
    'http://notlocalhost/scan/AAAAAAAAAAAA',
    'http://128.0.0.1/scan/AAAAAAAAAAAA',
    `${scanBaseUrl}/scan/../menu`,
  ])('may lead to %s', async (destinationUrl) => {
    const person = await logIn(running.app);
    expect((await person.generate({ type: 'url', destinationUrl })).statusCode).toBe(201);
  });
});
