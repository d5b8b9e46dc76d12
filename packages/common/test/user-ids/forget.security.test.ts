import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { forgetInSpool } from '../../../telemetry/src/operations.ts';
import {
  captureException,
  closeObservability,
  flushObservability,
  forgetUser,
  identifyUser,
  initializeMixpanel,
  initializeSentry,
  setUserContext,
  trackEvent,
  trackRevenue,
  withJobContext,
} from '../../src/index.ts';
import { addErasureRoute, buildServer } from '../../src/server.ts';
import { anEvent, deadLetter, endedFolder, leaveBehind, sealed } from '../spool/leave-behind.ts';
import { setEnv } from '../start-observed.ts';

const KEY = 'k'.repeat(32);
const ADDRESS = 'jane@private.example';
const HASH = createHmac('sha256', KEY).update(ADDRESS).digest('hex');
const OTHER = 'joe@private.example';
const FORMS = [
  ['the address', ADDRESS],
  ['another spelling of it', ' Mailto:Jane@Private.Example '],
  ['the hash', HASH],
] as const;

/** Both vendors; away until told otherwise. */
async function startVendors() {
  const received: { readonly url: string; readonly body: string }[] = [];
  let isAway = true;
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    // Long enough that no request is under way when the person is erased.
    if (isAway) return void response.writeHead(503, { 'retry-after': '2' }).end('{}');
    received.push({ url: request.url ?? '', body });
    const count = (body.match(/"(?:event|\$distinct_id)":/g) ?? []).length;
    if (request.url?.includes('/data-deletions/')) return void response.end('{"results":{"task_id":"1"}}');
    response.end(JSON.stringify({ code: 200, status: 'OK', num_records_imported: count, num_good_events: count }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const comeBack = () => {
    isAway = false;
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dsn = `${url.replace('://', '://abcdef0123456789abcdef0123456789@')}/42`;
  return { received, url, dsn, comeBack };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'user-ids-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(spool: string, env: Readonly<Record<string, string>> = {}) {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const vendors = await startVendors();
  const restore = setEnv({
    NODE_ENV: 'test',
    SENTRY_DSN: vendors.dsn,
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    SENTRY_TRACES_SAMPLE_RATE: '0',
    MIXPANEL_API_HOST: vendors.url,
    MIXPANEL_APP_HOST: vendors.url,
    MIXPANEL_OAUTH_TOKEN: 'oauth-token',
    MIXPANEL_TOKEN: 'test-token',
    OBSERVABILITY_SPOOL_DIR: spool,
    OBSERVABILITY_FLUSH_INTERVAL_MS: '50',
    PII_HASH_KEY: KEY,
    OBSERVABILITY_PLAIN_USER_IDS: undefined,
    ...env,
  });
  initializeSentry('test-service');
  initializeMixpanel();
  onTestFinished(async () => {
    await closeObservability(500);
    restore();
  });
  return vendors;
}

function actAs(id: string): void {
  trackEvent('dashboard_viewed', id, {});
  trackEvent('qr_scanned', 'u1', { qr_id: 'q1', qr_owner_id: id } as never);
  identifyUser(id, { plan: 'pro' });
  trackRevenue(id, 5);
  withJobContext({ name: 'job' }, () => {
    setUserContext({ id });
    captureException(new Error(`an error of ${id === OTHER ? 'another' : 'the erased'}`));
  });
}

const filesIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
    })
    .join('\n');

describe.each(FORMS)('forgetUser by %s', (_what, form) => {
  it('erases the person from all that waits and all that comes, and asks the vendor by the hash', async () => {
    const spool = temporaryFolder();
    const { received, comeBack } = await start(spool);
    actAs(ADDRESS.toUpperCase());
    actAs(OTHER);
    await flushObservability(1000);
    forgetUser(form);
    actAs(`mailto:${ADDRESS}`);
    comeBack();
    const requestsOf = (part: string) => received.filter(({ url }) => url.includes(part)).map(({ body }) => body);
    const arrives = (part: string, text: string) =>
      expect.poll(() => requestsOf(part).join(), { timeout: 20_000 }).toContain(text);
    await arrives('/data-deletions/', HASH);
    await arrives('/import', createHmac('sha256', KEY).update(OTHER).digest('hex'));
    await arrives('/engage', '"$delete"');
    await arrives('/api/42/', 'an error of the erased');
    await flushObservability(20_000);
    expect(requestsOf('/data-deletions/')).toEqual([JSON.stringify({ distinct_ids: [HASH], compliance_type: 'GDPR' })]);
    expect(requestsOf('/import').join()).not.toContain(HASH);
    expect(requestsOf('/engage').join().split(HASH)).toHaveLength(2);
    expect(requestsOf('/api/42/').join()).not.toContain(HASH);
    expect(JSON.stringify(received)).not.toMatch(/private\.example/i);
  }, 60_000);

  it('finds what an earlier version kept under the address, in files and dead letters', async () => {
    const spool = temporaryFolder();
    const restore = setEnv({ PII_HASH_KEY: KEY, OBSERVABILITY_PLAIN_USER_IDS: undefined });
    onTestFinished(restore);
    leaveBehind(join(spool, endedFolder()), {
      'import-00000001-3.json.gz': sealed(anEvent(1, ADDRESS), anEvent(2, HASH), anEvent(3, OTHER)),
    });
    leaveBehind(join(spool, 'dead'), { 'import.ndjson': deadLetter(anEvent(4, ADDRESS)) });
    expect(await forgetInSpool(spool, [form], Date.now())).toMatchObject({ removed: 2, deadLetters: 1 });
    expect(filesIn(spool)).not.toMatch(/jane@/i);
    expect(filesIn(spool)).not.toContain(HASH);
    expect(filesIn(spool)).toContain(OTHER);
  });
});

it('asks the vendor by the address with plainUserIds, and still finds the hash', async () => {
  const spool = temporaryFolder();
  leaveBehind(join(spool, endedFolder()), { 'import-00000001-1.json.gz': sealed(anEvent(1, HASH)) });
  const { received, comeBack } = await start(spool, { OBSERVABILITY_PLAIN_USER_IDS: 'true' });
  forgetUser(ADDRESS);
  comeBack();
  await expect.poll(() => received.map(({ url }) => url).join(), { timeout: 20_000 }).toContain('/data-deletions/');
  await flushObservability(10_000);
  const deletion = received.find(({ url }) => url.includes('/data-deletions/'));
  expect(deletion?.body).toBe(JSON.stringify({ distinct_ids: [ADDRESS], compliance_type: 'GDPR' }));
  expect(received.filter(({ url }) => url.startsWith('/import'))).toEqual([]);
}, 60_000);

it('passes the address of the erasure route to the service unchanged', async () => {
  const token = 't'.repeat(32);
  const erased: string[] = [];
  const app = buildServer({ logger: false });
  onTestFinished(() => app.close());
  addErasureRoute(app, { serviceToken: token, erase: async (id) => void erased.push(id) });
  const long = `${'j'.repeat(64)}@${'p'.repeat(20)}.example`;
  for (const id of [ADDRESS, long]) {
    const url = `/internal/users/${encodeURIComponent(id)}`;
    const { statusCode } = await app.inject({ method: 'DELETE', url, headers: { authorization: `Bearer ${token}` } });
    expect(statusCode).toBe(204);
  }
  expect(erased).toEqual([ADDRESS, long]);
});
