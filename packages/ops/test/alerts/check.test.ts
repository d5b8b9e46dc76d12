import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Inbox, startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliRun, runInTest } from '../run-in-test.ts';

const NOON = Date.parse('2025-06-30T12:00:00Z');
const HOUR_MS = 3_600_000;

/** A webhook that takes messages, or answers 503 while it is down. */
async function startWebhook() {
  const texts: string[] = [];
  const webhook = { isDown: false, texts, url: '' };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (!webhook.isDown) texts.push(String((JSON.parse(body) as { text: string }).text));
      response.writeHead(webhook.isDown ? 503 : 200).end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  webhook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/s3cret`;
  return webhook;
}

/** An inbox, a webhook, and a root of one's own, where the command is run at a time. */
async function setUp() {
  const inbox = await startInbox();
  const root = await mkdtemp(join(tmpdir(), 'alerts-'));
  onTestFinished(async () => {
    await inbox.close();
    await rm(root, { recursive: true, force: true });
  });
  const webhook = await startWebhook();
  const env = { INBOX_URL: inbox.url, ALERT_WEBHOOK_URL: webhook.url };
  const check = (at = NOON, ...more: string[]): Promise<CliRun> =>
    runInTest(['alerts', 'check', ...more], { env, root, fetch, now: () => at });
  return { inbox, root, webhook, check };
}

async function fail(inbox: Inbox, at: number): Promise<void> {
  const event = { timestamp: at / 1000, exception: { values: [{ type: 'TypeError', value: 'broke' }] } };
  const id = crypto.randomUUID().replaceAll('-', '');
  const body = [{ event_id: id }, { type: 'event' }, event].map((line) => JSON.stringify(line)).join('\n');
  const response = await fetch(`${inbox.url}/api/1/envelope/?sentry_key=public&sentry_version=7`, {
    method: 'POST',
    body,
  });
  expect(response.status).toBe(200);
}

async function happen(inbox: Inbox, event: string, count: number, at: number): Promise<void> {
  const records = Array.from({ length: count }, (_, index) => ({
    event,
    properties: { time: at, distinct_id: `user-${index}`, $insert_id: crypto.randomUUID() },
  }));
  const response = await fetch(`${inbox.url}/import?strict=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('token:')}` },
    body: JSON.stringify(records),
  });
  expect(response.status).toBe(200);
}

describe('qr-obs alerts check', () => {
  it('says what it does', async () => {
    const { out } = await runInTest(['alerts', 'check', '--help']);
    expect(out).toMatchInlineSnapshot(`
      "Usage: qr-obs alerts check [options]

      Evaluate every rule now, and tell what changed since the last time.

      Asks Mixpanel and Sentry, or the inbox in their place. Exits with 1 when a rule fires that is not
      good news, and with 3 when a question was not answered. What began or ended to fire, or lost its
      data, goes to ALERT_WEBHOOK_URL too, once; what could not be told there is told again the next time.

      Options:
        --json          answer with one JSON document, for tools
        --state <file>  file that keeps what was told (default: ".data/alerts.json")
        --no-fail       exit with 0 although a rule fires
        -h, --help      display help for command

      Examples:
        qr-obs alerts check
        qr-obs alerts check --no-fail           # in a job of its own, which only tells
        qr-obs alerts check --json | jq '.states[] | select(.status == "firing")'"
    `);
  });

  it('shows each rule with its value, its bound, and the time or the reason', async () => {
    const { inbox, check } = await setUp();
    await fail(inbox, NOON - 1);
    await happen(inbox, 'signup_completed', 12, NOON - 24 * HOUR_MS);
    const { out } = await check();
    expect(out).toMatchInlineSnapshot(`
      "STATUS   RULE             VALUE  BOUND           TIME OR REASON
      ok       Error spike      1      above 100       2025-06-30 11:00 to 12:00 UTC
      fires    New issue        1      above 0         2025-06-30 11:00 to 12:00 UTC
      no data  Slow requests    -      above 5,000 ms  No request was traced in this time.
      ok       Signup drop      12     below 10        2025-06-29 00:00 to 2025-06-30 00:00 UTC
      ok       Scan spike       0      above 1,000     2025-06-30 11:00 to 12:00 UTC
      no data  Conversion drop  -      below 5 %       Nobody entered: no signup_completed in this time.

      Firing: New issue. An error came up that was never seen before. Now 1, the rule fires above 0 (2025-06-30 11:00 to 12:00 UTC). Severity medium, owner platform, see docs/operations.md#new-issue."
    `);
  });

  it('tells once that a rule fires, and once that it is over', async () => {
    const { inbox, webhook, check } = await setUp();
    await fail(inbox, NOON - 60_000);
    const first = await check();
    expect([first.exitCode, webhook.texts]).toEqual([1, [expect.stringMatching(/^Firing: New issue\./)]]);
    expect(first.out).toContain(webhook.texts[0]);

    const repeated = await check(NOON + 60_000);
    expect([repeated.exitCode, webhook.texts.length]).toEqual([1, 1]);
    expect(repeated.out).toContain('Nothing changed since the last check.');

    const over = await check(NOON + HOUR_MS);
    expect(over.exitCode).toBe(0);
    expect(webhook.texts.slice(1)).toEqual([
      'Over: New issue. Now 0, the rule fires above 0 (2025-06-30 12:00 to 13:00 UTC).',
    ]);
  });

  it('keeps what a webhook that is down did not take, and tells it the next time', async () => {
    const { inbox, root, webhook, check } = await setUp();
    await fail(inbox, NOON - 60_000);
    webhook.isDown = true;
    const refused = await check();
    expect(refused.exitCode).toBe(3);
    expect(refused.notes).toContain('Firing: New issue.');
    expect(refused.notes).toMatch(/The webhook at 127\.0\.0\.1:\d+ answered 503: the message is told again next time/);
    expect(refused.out + refused.notes).not.toContain('s3cret');
    expect(await readdir(root)).toEqual([]);

    webhook.isDown = false;
    await check();
    await check();
    expect(webhook.texts).toEqual([expect.stringMatching(/^Firing: New issue\./)]);
  });

  it('takes good news as news, not as a failure', async () => {
    const { inbox, webhook, check } = await setUp();
    await happen(inbox, 'qr_scanned', 1001, NOON - 30 * 60_000);
    const { exitCode, out } = await check();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^good news {2}Scan spike +1,001 +above 1,000 +2025-06-30 11:00 to 12:00 UTC$/m);
    expect(webhook.texts).toEqual([expect.stringMatching(/^Good news: Scan spike\./)]);
  });

  it('exits with 0 when only the telling matters', async () => {
    const { inbox, check } = await setUp();
    await fail(inbox, NOON - 60_000);
    expect((await check(NOON, '--no-fail')).exitCode).toBe(0);
  });

  it('answers tools with the states, the changes and the messages', async () => {
    const { inbox, check } = await setUp();
    await fail(inbox, NOON - 60_000);
    const { out } = await check(NOON, '--json');
    const { states, changes, messages, failures } = JSON.parse(out) as Record<string, unknown[]>;
    expect(states).toHaveLength(6);
    expect(changes).toMatchObject([{ kind: 'started', after: { rule: 'New issue', value: 1 } }]);
    expect(messages).toEqual([expect.stringMatching(/^Firing: New issue\./)]);
    expect(failures).toEqual([]);
  });

  it('shows what is known when a vendor does not answer, tells that the rest is not, and exits with 3', async () => {
    const { inbox, webhook, check } = await setUp();
    await check();
    await inbox.close();
    const { exitCode, out } = await check();
    expect(exitCode).toBe(3);
    expect(out).toMatch(/^no data {2}Error spike +- +above 100 +The inbox at .* cannot be reached .*npm start/m);
    expect(webhook.texts[0]).toMatch(/^No data: Error spike\. The inbox at/);
  });

  it('keeps its state where it is told to, in one piece', async () => {
    const { root, check } = await setUp();
    await check(NOON, '--state', 'kept/states.json');
    const { states } = JSON.parse(await readFile(join(root, 'kept/states.json'), 'utf8')) as { states: unknown[] };
    expect(states).toHaveLength(6);
    expect(await readdir(join(root, 'kept'))).toEqual(['states.json']);
  });
});

describe('what qr-obs alerts check cannot work with', () => {
  it('is nobody to ask', async () => {
    const { exitCode, notes } = await runInTest(['alerts', 'check']);
    expect(exitCode).toBe(2);
    expect(notes).toMatch(/^There is nobody to ask: set MIXPANEL_SERVICE_ACCOUNT/);
  });

  it('is a list of funnels that is none', async () => {
    const env = { MIXPANEL_SERVICE_ACCOUNT: 'a:b', MIXPANEL_PROJECT_ID: '1', MIXPANEL_FUNNEL_IDS: 'x' };
    const { exitCode, notes } = await runInTest(['alerts', 'check'], { env });
    expect([exitCode, notes]).toEqual([2, expect.stringMatching(/^MIXPANEL_FUNNEL_IDS must be a list/)]);
  });

  it.each(['{"states":[{"rule":1}]}', 'not JSON'])('is a state file with %s', async (content) => {
    const { root, check } = await setUp();
    await writeFile(join(root, 'other.json'), content);
    const { exitCode, notes } = await check(NOON, '--state', 'other.json');
    expect(exitCode).toBe(2);
    expect(notes).toContain('other.json holds something else than the states of alerts');
  });

  it('is a state file in a folder that is none: said before anything is told', async () => {
    const { inbox, root, webhook, check } = await setUp();
    await fail(inbox, NOON - 1);
    await writeFile(join(root, 'file'), '');
    const { exitCode, notes } = await check(NOON, '--state', 'file/states.json');
    expect(exitCode).toBe(2);
    expect(notes).toContain('cannot be read');
    expect(webhook.texts).toEqual([]);
  });
});
