import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { captureException, Sentry } from '../../src/index.ts';
import { observeFile } from '../start-observed.ts';

// Named far from where they are used: an error carries the source lines around each frame, literals included.
const secrets = { email: 'joe@example.com', street: 'Elm Street 5' };

const mirrored: string[] = [];
const sidecar = createServer(async (request, response) => {
  mirrored.push(await text(request));
  response.end();
});
await new Promise<void>((resolve) => sidecar.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise<void>((resolve) => sidecar.close(() => resolve())));

const { port } = sidecar.address() as AddressInfo;
await observeFile({ SENTRY_SPOTLIGHT: `http://127.0.0.1:${port}/stream` });

it('what Spotlight mirrors has passed the gate', async () => {
  Sentry.captureException(new Error(`no mail to ${secrets.email}`), { extra: { street: secrets.street, qr_id: 'q1' } });
  captureException(new Error('the last'));
  await expect.poll(() => mirrored.join(), { timeout: 10_000 }).toContain('the last');
  expect(mirrored.join()).toContain('"qr_id":"q1"');
  expect(mirrored.join()).not.toMatch(new RegExp(Object.values(secrets).join('|')));
});
