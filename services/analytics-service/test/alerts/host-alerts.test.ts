import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AlertState } from '@qr/alerts';
import { loadConfig } from '@qr/common';
import { buildServer } from '@qr/common/server';
import { alertRules } from '@qr/observability/alerts';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { environment } from '../../src/config.ts';
import { type AlertStore, type Claim, hostAlerts } from '../../src/hosted-jobs.ts';
import { observe } from '../start-app.ts';

const observed = await observe();
const { inbox } = observed;
afterAll(() => observed.stop());
beforeEach(async () => {
  await observed.settle();
  inbox.clear();
});

/** Takes requests, or never answers them. */
async function startReceiver(answer: (response: ServerResponse) => void) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      bodies.push(body);
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A store that gives away one claim, and says what was kept. */
function createStore() {
  const kept: (readonly AlertState[])[] = [];
  let isClaimed = false;
  const store: AlertStore = {
    async claim(now): Promise<Claim | undefined> {
      if (isClaimed) return undefined;
      isClaimed = true;
      return { claimedAt: now, states: [] };
    },
    async keep(_claim, states) {
      kept.push(states);
    },
  };
  return { store, kept };
}

const SECRETS = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1/postgres',
  JWT_SECRET: 'a'.repeat(32),
  SERVICE_TOKEN: 'a'.repeat(32),
};

function host(variables: Record<string, string>) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const app = buildServer({ serviceName: 'analytics-service', logger: { level: 'info', stream } });
  onTestFinished(async () => void (await app.close()));
  const { store, kept } = createStore();
  const config = loadConfig(environment, { ...SECRETS, ...variables });
  const isHosted = hostAlerts(app, { rules: alertRules, store, config });
  return { app, isHosted, kept, lines, said: () => lines.map(({ msg }) => msg) };
}

describe('hosting the alerts', () => {
  it('is off, with one line, when there is nobody to ask', () => {
    const { isHosted, said } = host({});
    expect(isHosted).toBe(false);
    expect(said()).toEqual([
      'alert rules are not evaluated: neither an account of a vendor nor INBOX_URL is set; see ALERT_INTERVAL_MINUTES in .env.example',
    ]);
  });

  it('tells the webhook and the log what fires, and nobody the path of the webhook', async () => {
    const webhook = await startReceiver((response) => response.end('ok'));
    const event = { timestamp: Date.now() / 1000, exception: { values: [{ type: 'TypeError', value: 'broke' }] } };
    const body = [{ event_id: 'e'.repeat(32) }, { type: 'event' }, event].map((line) => JSON.stringify(line));
    await fetch(`${inbox.url}/api/1/envelope/?sentry_key=public&sentry_version=7`, {
      method: 'POST',
      body: body.join('\n'),
    });
    const { isHosted, kept, lines } = host({ INBOX_URL: inbox.url, ALERT_WEBHOOK_URL: `${webhook.url}/T0/s3cret` });
    expect(isHosted).toBe(true);
    await expect.poll(() => kept.length).toBe(1);
    expect(webhook.bodies.map((sent) => JSON.parse(sent) as unknown)).toEqual([
      { text: expect.stringMatching(/^Firing: New issue\. An error came up/) },
    ]);
    expect(lines).toMatchObject([{ level: 40, rule: 'New issue', value: 1, msg: 'an alert rule fires' }]);
    await observed.settle();
    const raw = inbox.raw().map((request) => request.body.toString());
    expect(raw.join()).toContain('analytics-alerts');
    expect(raw.join()).not.toContain('s3cret');
    expect(inbox.spans().map(({ name }) => name)).toEqual(['evaluate alerts']);
  });

  it('reports a webhook that does not take it, without its path', async () => {
    const webhook = await startReceiver((response) => response.writeHead(500).end());
    await fetch(`${inbox.url}/api/1/envelope/?sentry_key=public&sentry_version=7`, {
      method: 'POST',
      body: [
        { event_id: 'f'.repeat(32) },
        { type: 'event' },
        { timestamp: Date.now() / 1000, message: 'something new' },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    });
    const { kept, lines } = host({ INBOX_URL: inbox.url, ALERT_WEBHOOK_URL: `${webhook.url}/T0/s3cret` });
    await expect.poll(() => lines.length).toBe(1);
    await observed.settle();
    expect(inbox.errors().at(-1)).toMatchObject({
      value: expect.stringMatching(/^The webhook at .* answered 500: the message is told again next time/),
    });
    expect(inbox.items('check_in').map(({ payload }) => payload)).toMatchObject([
      { status: 'in_progress' },
      { status: 'error' },
    ]);
    expect(kept).toEqual([]);
    const raw = inbox.raw().map((request) => request.body.toString());
    expect(`${raw.join()}${JSON.stringify(lines)}`).not.toContain('s3cret');
  });

  it('does not keep the server from ending while a vendor does not answer', async () => {
    const vendor = await startReceiver(() => undefined);
    const account = {
      MIXPANEL_SERVICE_ACCOUNT: 'user:secret',
      MIXPANEL_PROJECT_ID: '42',
      MIXPANEL_APP_HOST: vendor.url,
    };
    const { app, kept, said } = host(account);
    await expect.poll(() => vendor.bodies.length).toBe(1);
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await observed.settle();
    expect([kept, inbox.errors(), said()]).toEqual([[], [], []]);
  });

  it('asks Mixpanel no more often than it answers, and says so', () => {
    const account = { MIXPANEL_SERVICE_ACCOUNT: 'user:secret', MIXPANEL_PROJECT_ID: '42' };
    const unreachable = { MIXPANEL_APP_HOST: 'http://127.0.0.1:1' };
    const { lines } = host({ ...account, ...unreachable, ALERT_INTERVAL_MINUTES: '1' });
    expect(lines).toMatchObject([
      {
        wanted: 1,
        minutes: 3,
        msg: 'alert rules are evaluated less often than ALERT_INTERVAL_MINUTES says: Mixpanel takes 60 queries an hour',
      },
    ]);
  });
});

describe('the variables of the alerts', () => {
  it.each([
    ['ALERT_INTERVAL_MINUTES', '0', 'a number of minutes from 1 to 1440'],
    ['ALERT_WEBHOOK_URL', 'hooks', 'the URL of a webhook'],
    ['INBOX_URL', 'http://127.0.0.1:4600/path', 'an origin such as'],
    ['MIXPANEL_TIME_ZONE', 'two o clock', 'an IANA name'],
    ['MIXPANEL_FUNNEL_IDS', 'Conversion drop', 'names of rules with ids'],
    ['SENTRY_ORG', 'our org', 'the slug of an organization'],
  ])('%s is not %s', (name, value, expected) => {
    expect(() => loadConfig(environment, { ...SECRETS, [name]: value })).toThrow(expected);
  });

  it('may name several funnels', () => {
    const config = loadConfig(environment, { ...SECRETS, MIXPANEL_FUNNEL_IDS: 'Conversion drop=7509, Other = 1' });
    expect(config.MIXPANEL_FUNNEL_IDS).toBe('Conversion drop=7509, Other = 1');
  });
});
