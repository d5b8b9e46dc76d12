import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { createMemoryTransport } from '@qr/telemetry/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, deadLetter, endedFolder, leaveBehind, sealed } from '../../../common/test/spool/leave-behind.ts';
import { createPipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { startPlatform } from './platform.ts';

const ADA = '0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10';
const BOB = '5d1c2f3a-88aa-4d11-8f3e-0a1b2c3d4e5f';

describe('qr-obs forget', () => {
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let root: string;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.stop());
  beforeEach(() => {
    root = platform.begin();
  });
  afterEach(() => platform.end());
  const trackingFile = () => readFileSync(join(root, '.data/forget.json'), 'utf8');
  const partsOf = (out: string) =>
    (JSON.parse(out).parts as { name: string; outcome: string }[]).map(({ name, outcome }) => `${name} ${outcome}`);

  it('only says what it would do without --yes', async () => {
    leaveBehind(join(root, '.data/spool/qr-service/dead'), {});
    const { exitCode, out } = await platform.run([ADA]);
    expect(exitCode).toBe(2);
    expect(out).toMatchInlineSnapshot(`
      "This erases "0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10" for good:
        auth-service       removes the rows, at <AUTH_SERVICE_URL>
        qr-service         removes the rows, at <QR_SERVICE_URL>
        microsite-service  removes the rows, at <MICROSITE_SERVICE_URL>
        routing-service    removes the rows, at <ROUTING_SERVICE_URL>
        analytics-service  removes the rows, at <ANALYTICS_URL>
        spools             what waits, what was rejected, what comes later: qr-service
        Mixpanel           is asked to delete events and profiles (GDPR), at <inbox>; the tracking id goes into .data/forget.json, no id of a person does
        Sentry             has no deletion for one person: you are told what to do
      Nothing was erased. Say --yes to do it."
    `);
    expect(platform.erased).toEqual([]);
  });

  it('erases a person from every service, spool and vendor, and says so', async () => {
    const spool = join(root, '.data/spool/qr-service');
    leaveBehind(join(spool, endedFolder()), { 'import-00000001-2.json.gz': sealed(anEvent(1, ADA), anEvent(2, BOB)) });
    leaveBehind(join(spool, 'pages/dead'), { 'import.ndjson': deadLetter(anEvent(3, ADA)) });
    const { exitCode, out } = await platform.run([ADA, '--yes']);
    expect(out).toMatchInlineSnapshot(`
      "auth-service            done    its rows are gone, and what waited there
      qr-service              done    its rows are gone, and what waited there
      microsite-service       done    its rows are gone, and what waited there
      routing-service         done    its rows are gone, and what waited there
      analytics-service       done    its rows are gone, and what waited there
      spool qr-service        done    1 waiting record and 0 rejected records removed
      spool qr-service/pages  done    0 waiting records and 1 rejected record removed
      Mixpanel                done    asked under the tracking id <tracking id>: accepted, and waits for its turn; it may take 30 days
      Sentry                  unused  SENTRY_DSN is not set

      qr-obs forget --status says how far Mixpanel is; its tracking ids are in .data/forget.json."
    `);
    expect(exitCode).toBe(0);
    expect(platform.erased).toHaveLength(5);
    expect(new Set(platform.erased.map((line) => line.split(' ')[1]))).toEqual(new Set([ADA]));
    expect(JSON.parse(trackingFile()).deletions).toMatchObject([
      { people: 1, complianceType: 'GDPR', requestedAt: '2026-11-20T12:00:00.000Z', state: 'PENDING' },
    ]);
    expect(trackingFile()).not.toContain(ADA);
    expect(readFileSync(join(spool, 'pages/forgotten.ndjson'), 'utf8')).not.toContain(ADA);
  });

  it('finds a person in the properties that the plan marks, in corrupted files and in files of another version', async () => {
    const spool = join(root, '.data/spool/qr-service');
    const scan = (n: number, owner: string) => ({
      event: 'qr_scanned',
      properties: { distinct_id: '$device:x', $insert_id: `scan-${n}`, time: 1_700_000_000_000, qr_owner_id: owner },
    });
    leaveBehind(join(spool, endedFolder()), {
      'import-00000001-2.json.gz': sealed(scan(1, ADA), scan(2, BOB)),
      'orders-00000001-1.v3.json.gz': sealed({ buyer: ADA }),
    });
    const body = sealed(scan(3, ADA), ...Array.from({ length: 50 }, (_, n) => anEvent(n)));
    leaveBehind(join(spool, 'corrupted'), {
      'web-1_import-1763600000000000-r51-b999.v2.json.gz': body.subarray(0, body.length - 8),
      'web-1_import-1763600000000000-r51-b999.v2.json.gz.reason': 'cut off',
      'web-1_import-1763600000000001-r1-b9.v2.json.gz': sealed(anEvent(4, BOB)),
    });
    leaveBehind(join(spool, 'dead'), { 'import.ndjson': deadLetter(scan(4, ADA)) });
    const { exitCode, out } = await platform.run([ADA, '--yes', '--json']);
    expect(exitCode).toBe(0);
    const parts = JSON.parse(out).parts as { part: string; name: string; outcome: string; detail: string }[];
    const [ofSpool] = parts.filter(({ part }) => part === 'spool');
    expect(ofSpool).toMatchObject({ name: 'qr-service', outcome: 'done' });
    expect(ofSpool?.detail).toMatch(
      /^1 waiting record and 1 rejected record removed; .*could not be read.*; .*another version/,
    );
    expect(readdirSync(join(spool, 'corrupted'))).toEqual(['web-1_import-1763600000000001-r1-b9.v2.json.gz']);
    expect(textIn(spool)).not.toContain(ADA);
    expect(textIn(spool)).toContain(BOB);
  });

  it('keeps a running process from sending what it already had of the person', async () => {
    const spool = join(root, '.data/spool/qr-service');
    const transport = createMemoryTransport();
    const pipeline = createPipeline({
      lanes,
      personIds: personIdsOf([]),
      ...{ transports: { import: transport }, spoolRoot: spool, flushIntervalMs: 60_000, warn: () => {} },
    });
    onTestFinished(() => pipeline.close(1000));
    // Longer than the command takes.
    transport.answerNext({ status: 503, headers: { 'retry-after': '3' }, body: '' });
    for (const [n, person] of [ADA, BOB].entries()) pipeline.push('import', JSON.stringify(anEvent(n, person)));
    expect(await pipeline.flush(5000)).toMatchObject({ spooled: 2 });
    const { out } = await platform.run([ADA, '--yes']);
    expect(out).toContain('1 running process will check before the next batch');
    await expect.poll(() => transport.records('import'), { timeout: 10_000 }).toEqual([anEvent(1, BOB)]);
    expect(pipeline.stats().import?.dropped).toEqual({ forgotten: 1 });
  });

  describe('given an e-mail address', () => {
    const PII_HASH_KEY = 'k'.repeat(32);
    const ADDRESS = 'ada@private.example';
    const HASH = createHmac('sha256', PII_HASH_KEY).update(ADDRESS).digest('hex');

    /** The ids that Mixpanel and Sentry were asked about. */
    async function startVendor() {
      const asked: string[] = [];
      const server = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        asked.push(decodeURIComponent(`${request.url} ${body}`.replaceAll('+', ' ')));
        response.end(request.method === 'POST' ? '{"results":{"task_id":"1"}}' : '[]');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const sentry = {
        SENTRY_DSN: 'https://key@o1.example/2',
        SENTRY_URL: url,
        SENTRY_AUTH_TOKEN: 't',
        SENTRY_ORG: 'o',
      };
      return { asked, variables: { PII_HASH_KEY, MIXPANEL_APP_HOST: url, ...sentry } };
    }

    it('erases its hash at the vendors, the address in the services, and both in the spools', async () => {
      const { asked, variables } = await startVendor();
      const spool = join(root, '.data/spool/qr-service');
      leaveBehind(join(spool, endedFolder()), {
        'import-00000001-3.json.gz': sealed(anEvent(1, HASH), anEvent(2, ADDRESS), anEvent(3, BOB)),
      });
      const { exitCode, out } = await platform.run([' Ada@Private.Example', '--yes'], variables);
      expect(out).toContain('2 waiting records and 0 rejected records removed');
      expect(exitCode).toBe(0);
      expect(new Set(platform.erased.map((line) => line.slice(line.indexOf(' ') + 1)))).toEqual(
        new Set([' Ada@Private.Example']),
      );
      expect(asked.filter((each) => each.includes(HASH))).toHaveLength(2);
      expect(asked.join()).not.toMatch(/private/i);
      expect(textIn(spool)).not.toContain(HASH);
      expect(textIn(spool)).toContain(BOB);
    });

    it('says that accounts with other ids are not found by it', async () => {
      const { out } = await platform.run([ADDRESS], { PII_HASH_KEY });
      expect(out).toContain('If your accounts have other ids, look the id up in the database.');
    });

    it('asks the vendors by the address with OBSERVABILITY_PLAIN_USER_IDS', async () => {
      const { asked, variables } = await startVendor();
      const env = { ...variables, OBSERVABILITY_PLAIN_USER_IDS: 'True' };
      expect((await platform.run([ADDRESS, '--yes'], env)).exitCode).toBe(0);
      expect(asked.filter((each) => each.includes(ADDRESS))).toHaveLength(2);
      expect(asked.join()).not.toContain(HASH);
    });
  });

  it('says when running processes follow', async () => {
    const spool = join(root, '.data/spool/qr-service');
    leaveBehind(join(spool, 'web2-17-1-00000001'), { heartbeat: '' });
    const { out } = await platform.run([ADA, '--yes']);
    expect(out).toContain(
      'nothing of theirs waits or was rejected, 1 running process will check before the next batch and remove the rest from disk within 5 s',
    );
  });

  it('deletes what the vendor has, of several people at once, and tells how far that is', async () => {
    const quick = await startInbox();
    onTestFinished(quick.close);
    const variables = { MIXPANEL_APP_HOST: quick.url };
    const event = { event: 'a', properties: { distinct_id: ADA, $insert_id: '1', time: Date.now(), token: 't' } };
    const headers = { authorization: `Basic ${btoa('t:')}`, 'content-type': 'application/json' };
    await fetch(`${quick.url}/import?strict=1`, { method: 'POST', headers, body: JSON.stringify([event]) });
    expect(quick.events()).toHaveLength(1);
    const asked = await platform.run([ADA, BOB, ADA, '--yes', '--compliance', 'ccpa'], variables);
    expect(asked.exitCode).toBe(0);
    await expect.poll(() => quick.events()).toEqual([]);
    expect(JSON.parse(trackingFile()).deletions).toMatchObject([{ people: 2, complianceType: 'CCPA' }]);
    const status = await platform.run(['--status'], variables);
    expect([status.exitCode, status.out]).toEqual([
      0,
      '<tracking id>  2026-11-20  SUCCESS  done: nothing of these people is left at Mixpanel',
    ]);
    // Told from the file, as it is over.
    expect((await platform.run(['--status'], { MIXPANEL_APP_HOST: await nowhere() })).out).toBe(status.out);
  });

  it('says that a tracking id is unknown, and that nobody was asked yet', async () => {
    expect((await platform.run(['--status'])).out).toBe(
      'No deletion was asked for on this machine: .data/forget.json has none.',
    );
    const { exitCode, out } = await platform.run(['--status', '42', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out).deletions).toEqual([
      { trackingId: '42', state: 'NOT_FOUND', people: null, requestedAt: null },
    ]);
  });

  it.each([
    ['STAGING', 0, 'it can still be cancelled'],
    ['STARTED', 0, 'cannot be cancelled any more'],
    ['FAILURE', 1, 'run the command again'],
    ['REVOKED', 1, 'was cancelled before it started'],
    ['UNKNOWN', 0, 'ask again later'],
    ['A NEW STATE', 0, 'ask again later'],
  ])('says what %s means', async (state, expectedCode, words) => {
    const url = await answering(200, JSON.stringify({ status: 'ok', results: [{ status: state }] }));
    const { exitCode, out } = await platform.run(['--status', '7'], { MIXPANEL_APP_HOST: url });
    expect([exitCode, out]).toEqual([expectedCode, expect.stringContaining(words)]);
  });

  it('goes on when a service is down, one refuses the token and the vendor refuses ours, and can be run again', async () => {
    const busy = await answering(500, '');
    const gone = await nowhere();
    const variables = { QR_SERVICE_URL: gone, ROUTING_SERVICE_URL: busy };
    platform.inbox.faults.add({ endpoint: 'data-deletions', requests: 1, fault: { kind: 'status', status: 401 } });
    const { exitCode, out } = await platform.run([ADA, '--yes'], variables);
    expect(exitCode).toBe(3);
    expect(out.replaceAll(busy, '<busy>').replaceAll(gone, '<gone>')).toMatchInlineSnapshot(`
      "auth-service       done    its rows are gone, and what waited there
      qr-service         FAILED  nobody answers at <gone> (ECONNREFUSED): start it or set QR_SERVICE_URL, then run this again
      microsite-service  done    its rows are gone, and what waited there
      routing-service    FAILED  <busy> answered 500: see its log, then run this again
      analytics-service  done    its rows are gone, and what waited there
      Mixpanel           FAILED  it refuses MIXPANEL_OAUTH_TOKEN (401): an owner or admin makes one under Profile & Preferences, Data & Privacy; it holds for a year
      Sentry             unused  SENTRY_DSN is not set

      3 parts failed, the others are done. Run the same again when the reason is gone: it does no harm."
    `);
    expect(platform.erased).toHaveLength(3);
    const again = await platform.run([ADA, '--yes', '--json']);
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ erased: true, deletions: [{ state: 'PENDING', people: 1 }] });
  });

  it('waits when the vendor says that it asked too early', async () => {
    platform.inbox.faults.add({ endpoint: 'data-deletions', requests: 1, fault: { kind: 'status', status: 429 } });
    const { exitCode, out, notes } = await platform.run([ADA, '--yes', '--json']);
    expect([exitCode, partsOf(out).at(-2)]).toEqual([0, 'Mixpanel done']);
    expect(notes).toContain('one request a second');
  });

  it('says what is missing, and never a token', async () => {
    const { exitCode, out, notes } = await platform.run([ADA, '--yes', '--json'], {
      SERVICE_TOKEN: undefined,
      MIXPANEL_OAUTH_TOKEN: undefined,
    });
    expect(exitCode).toBe(3);
    expect(partsOf(out)).toContain('auth-service failed');
    expect(out).toContain('SERVICE_TOKEN is not set');
    expect(out).toContain('MIXPANEL_OAUTH_TOKEN is not set');
    const wrong = await platform.run([ADA, '--yes'], { SERVICE_TOKEN: 'not-the-token-of-these-services-' });
    expect(wrong.out).toContain('it refuses SERVICE_TOKEN (401)');
    expect(`${out}${notes}${wrong.out}${wrong.notes}`).not.toMatch(/project-token|oauth-token|not-the-token/);
  });

  it('asks nobody for a deletion when the region of the project is not known', async () => {
    const { exitCode, out } = await platform.run([ADA, '--yes', '--json'], {
      MIXPANEL_APP_HOST: undefined,
      MIXPANEL_API_HOST: 'https://collect.example.com',
    });
    expect([exitCode, partsOf(out).includes('Mixpanel failed')]).toEqual([3, true]);
    expect(out).toContain('MIXPANEL_APP_HOST is not set, and MIXPANEL_API_HOST does not tell the region');
  });

  it('finds the issues of a person at Sentry, and says what to do with them', async () => {
    const asked: { url: string; authorization: string | undefined }[] = [];
    const sentry = await answering(
      200,
      JSON.stringify([{ id: '7', shortId: 'WEB-1', userCount: 3, title: 'x' }]),
      asked,
    );
    const variables = { SENTRY_DSN: 'https://key@o1.ingest.sentry.io/2', SENTRY_URL: sentry, SENTRY_ORG: 'acme' };
    const { exitCode, out } = await platform.run([ADA, '--yes'], { ...variables, SENTRY_AUTH_TOKEN: 'sentry-secret' });
    expect(exitCode).toBe(0);
    const { pathname, searchParams } = new URL(asked[0]?.url ?? '', sentry);
    expect([pathname, searchParams.get('query'), asked[0]?.authorization]).toEqual([
      '/api/0/organizations/acme/issues/',
      `user.id:"${ADA}"`,
      'Bearer sentry-secret',
    ]);
    const lines = out.replaceAll(sentry, '<sentry>').split('\n');
    expect(lines.slice(lines.indexOf('At Sentry:')).join('\n')).toMatchInlineSnapshot(`
      "At Sentry:
        WEB-1, of 3 users: <sentry>/organizations/acme/issues/7/
        1. Look at the issues that name the person:
           <sentry>/organizations/acme/issues/?query=user.id%3A%220b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10%22&statsPeriod=90d&project=-1
        2. Delete those that may go, with all events in them, also of others: open one, and choose Delete in its menu, or
           curl -X DELETE -H "Authorization: Bearer $SENTRY_AUTH_TOKEN" <sentry>/api/0/organizations/acme/issues/<id>/
           with a token that has the scope event:admin.
        3. User Feedback and Replays are lists of their own: search each for the same id, and delete what is found there.
        4. What stays ends with the retention of your plan. Errors to come do not name the person any more.

      qr-obs forget --status says how far Mixpanel is; its tracking ids are in .data/forget.json."
    `);
    const byHand = await platform.run([ADA, '--yes', '--json'], variables);
    expect(partsOf(byHand.out).at(-1)).toBe('Sentry by hand');
    expect(byHand.out).not.toContain('sentry-secret');
  });

  it('says when Sentry cannot be searched', async () => {
    const variables = { SENTRY_DSN: 'https://key@o1.ingest.sentry.io/2', SENTRY_ORG: 'acme', SENTRY_AUTH_TOKEN: 's' };
    const refused = await platform.run([ADA, '--yes'], { ...variables, SENTRY_URL: await answering(403, '{}') });
    expect([refused.exitCode, refused.out]).toEqual([3, expect.stringContaining('the scope event:read')]);
  });

  it('keeps the numbers that it cannot read', async () => {
    leaveBehind(join(root, '.data'), {});
    writeFileSync(join(root, '.data/forget.json'), '{"deletions":');
    const { exitCode, notes } = await platform.run([ADA, '--yes']);
    expect([exitCode, notes]).toEqual([2, expect.stringContaining('forget.json cannot be read')]);
    expect(platform.erased).toEqual([]);
  });

  it.each([
    [[], 'Say who is to be erased'],
    [['ada@example.com'], 'PII_HASH_KEY is not set'],
    [['undefined'], '"undefined" stands for nobody'],
    [['DE'], 'is shorter than 6 characters'],
    [['a b c d e f'], 'has spaces in it'],
    [['x'.repeat(101)], 'is longer than 100 characters'],
    [[ADA, '--compliance', 'HIPAA'], '--compliance must be GDPR or CCPA, got "HIPAA".'],
    [[ADA, '--status', '42'], '--status asks for deletions by their tracking id'],
  ])('refuses %j', async (commandLine, sentence) => {
    const { exitCode, notes } = await platform.run(commandLine);
    expect([exitCode, notes]).toEqual([2, expect.stringContaining(sentence)]);
  });

  it('says what it does', async () => {
    expect((await platform.run(['--help'])).out).toMatchInlineSnapshot(`
      "Usage: qr-obs forget [options] [userId...]

      Erase people: rows, what waits, and what the vendors have.

      Has every service remove its rows (SERVICE_TOKEN, AUTH_SERVICE_URL, QR_SERVICE_URL, ...), takes the
      people out of every spool, asks Mixpanel for the deletion (MIXPANEL_TOKEN, MIXPANEL_OAUTH_TOKEN,
      MIXPANEL_APP_HOST), and says what is to be done at Sentry (SENTRY_ORG, SENTRY_URL; with
      SENTRY_AUTH_TOKEN it finds the issues). Without --yes it only says what it would do. A part that
      fails does not stop the others (exit code 3), and running it again does no harm. Tracking ids are
      kept in .data/forget.json, without the ids of people. An e-mail address is looked for as the id that
      services send instead of it: its hash under PII_HASH_KEY, or the address itself with
      OBSERVABILITY_PLAIN_USER_IDS=true.

      Options:
        --json                 answer with one JSON document, for tools
        --yes                  do it
        --compliance <type>    the law that Mixpanel is told: GDPR or CCPA (default: "GDPR")
        --status [trackingId]  ask Mixpanel how far one deletion is, or all that are not over
        --dir <folder>         a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of
                               them
        -h, --help             display help for command

      Examples:
        qr-obs forget 0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10
        qr-obs forget 0b9f6c1e-5f0a-4a52-9c0e-3f6a1d1c7a10 --yes
        qr-obs forget --status"
    `);
  });

  /** Everything that stands in a spool's files, inflated as far as they go. */
  function textIn(spool: string): string {
    const files = readdirSync(spool, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      return name.endsWith('.gz')
        ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
        : bytes.toString();
    });
    return texts.join('\n');
  }

  /** An address at which nobody answers. */
  async function nowhere(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}`;
  }

  /** A server that always answers the same. */
  async function answering(
    status: number,
    body: string,
    asked: { url: string; authorization: string | undefined }[] = [],
  ) {
    const server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
});
