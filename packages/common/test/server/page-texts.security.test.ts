import { type Inbox, startInbox } from '@qr/inbox';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tunnelPlugin } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

setEnv({ NODE_ENV: 'test' });

let inbox: Inbox;
let app: FastifyInstance;
beforeEach(async () => {
  inbox = await startInbox({ environment: 'test' });
  app = Fastify();
  await app.register(tunnelPlugin, {
    sentry: undefined,
    mixpanel: { token: 'token1', apiHost: inbox.url },
  });
});
afterEach(async () => {
  await app.close();
  await inbox.close();
});

const SECRETS = ['jane.doe@example.com', '4111 1111 1111 1111', 'password=hunter2'];
const NEEDLES = /jane|doe@|4111|hunter2/;
const FROM_PAGE = { origin: 'http://localhost', host: 'localhost' };
/** What a page may say, by the plan and by the SDK; anyone can post it. */
const TEXTS = ['page', 'referrer', 'reason', 'qr_type', '$os', '$browser', '$device', '$lib_version'];
const OTHERS = ['utm_source', 'utm_campaign', '$current_url', '$referrer', '$referring_domain', '$initial_referrer'];

/** Each planned event of a page, with a secret in every text. */
const events = SECRETS.flatMap((secret) => {
  const texts = Object.fromEntries(
    [...TEXTS, ...OTHERS].map((name) => [name, `https://x.example/${secret}/?q=${secret}`]),
  );
  return ['page_viewed', 'qr_creation_failed', 'dashboard_viewed'].map((event) => ({ event, texts }));
});

const expectClean = async (count: number) => {
  await inbox.waitFor(() => inbox.events().length === count, 20_000);
  const text = JSON.stringify(inbox.events().map(({ properties }) => properties));
  expect(text).not.toMatch(NEEDLES);
  for (const name of OTHERS) expect(text).not.toContain(name);
  expect(inbox.events().filter(({ event }) => event === 'page_viewed')).toHaveLength(SECRETS.length);
};

it('lets no secret out that a stranger posts as an event of the SDK', async () => {
  const records = events.map(({ event, texts }) => ({
    event,
    properties: { ...texts, token: 'token1', $device_id: 'device-1', distinct_id: '$device:device-1' },
  }));
  const response = await app.inject({
    method: 'POST',
    url: '/o/t/?verbose=1',
    headers: { ...FROM_PAGE, 'content-type': 'application/x-www-form-urlencoded' },
    payload: `data=${encodeURIComponent(JSON.stringify(records))}`,
  });
  expect(response.statusCode).toBe(200);
  await expectClean(events.length);
});

it('lets no secret out that a stranger posts as what a page left behind', async () => {
  const calls = events.map(({ event, texts }) => ({ kind: 'event', name: event, properties: texts, at: Date.now() }));
  const response = await app.inject({
    method: 'POST',
    url: '/o/q',
    headers: { ...FROM_PAGE, 'content-type': 'text/plain' },
    payload: JSON.stringify({ token: 'token1', visitor: { $device_id: 'device-1' }, calls }),
  });
  expect(response.statusCode).toBe(202);
  await expectClean(events.length);
});
