import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/doctor/commands.ts';
import { closedOrigin, playMixpanel, playSentry, serve, serveBytes } from './play-vendors.ts';
import { makeRoot, runCheck, runDoctor } from './run-doctor.ts';

const KEY = 'abcdef0123456789abcdef0123456789';
const TOKEN = 'token-of-project-1';
const ACCOUNT = 'doctor.1a2b3c:account-secret-value';

describe('qr-obs doctor', () => {
  it('says in its help what it looks at', async () => {
    const { out, exitCode } = await runDoctor(['--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Usage: qr-obs doctor [options]

      Find out whether telemetry works, and why it does not.

      Looks at the environment, reaches both vendors (or the inbox that stands in for them), sends the
      event observability_checked and one error, waits for the answers, and says what is wrong and what
      to do. An alert on new issues sees the error at the first run: it is always the same issue.

      Checks:
        variables       what is set can be read; analytics and error tracking are on
        spelling        no variable looks like a slip of one that is read
        production      nothing of a laptop is left where NODE_ENV says production
        page            the page's public variables fit those of the services
        residency       Mixpanel's hosts are those of one region
        spool           the folder of what waits can be written, and has room
        dead-letters    nothing that a vendor refused waits to be looked at
        sdk-copies      the Sentry SDK is installed once, in one version
        inbox           the inbox answers, where it stands in for a vendor
        mixpanel-host   Mixpanel can be reached: name, port, certificate, proxy
        sentry-host     Sentry can be reached: name, port, certificate, proxy
        clock           this machine's clock agrees with the vendors'
        redis           the queue answers, where batches go through one
        services        every service of the config answers, where its origin is set
        analytics       analytics-service answers, and takes the token of the services
        mixpanel-event  a test event is taken, and found again where that can be asked
        sentry-error    a test error is taken, and found again where that can be asked
        alert-token     SENTRY_AUTH_TOKEN may read alerts, where it is set

      Options:
        --json               answer with one JSON document, for tools
        --only <check>       only this check and those that it needs; may be given several times
        --offline            only what can be told without the network
        --timeout <seconds>  how long each check may take, 0.5 to 300 (default: "10")
        --verbose            also say why checks were skipped
        -h, --help           display help for command

      Examples:
        qr-obs doctor
        qr-obs doctor --offline
        qr-obs doctor --only mixpanel-event --only clock --timeout 60
        qr-obs doctor --json | jq .verdict"
    `);
  });

  it('finds a laptop with an inbox in order', async () => {
    const inbox = await startInbox();
    onTestFinished(() => inbox.close());
    const root = makeRoot();
    const { out, exitCode } = await runDoctor([], { env: localEnv(inbox.url), root });
    expect(plain(out, root, inbox.url)).toMatchInlineSnapshot(`
      "No account is named in the environment: the inbox at <inbox> stands in for the vendors.
      ✓ variables       All can be read; analytics and error tracking are on.
      ✓ spool           <root>/.data/spool can be written; <free> MiB are free.
      ✓ dead-letters    Nothing was refused.
      ✓ inbox           It answers at <inbox> and stands in for Mixpanel and Sentry.
      ✓ clock           The clock agrees with that of <inbox>.
      ✓ mixpanel-event  The test event \`observability_checked\` arrived and was found again in the inbox.
      ✓ sentry-error    The test error <id> arrived and was found again in the inbox.
      - skipped         spelling, production, page, residency, sdk-copies, mixpanel-host, sentry-host, redis, services, analytics, alert-token. --verbose says why

      Everything that was checked is in order."
    `);
    expect(exitCode).toBe(0);

    const [event] = inbox.events({ event: 'observability_checked' });
    expect(event?.properties).toMatchObject({ service: 'qr-obs', sent_by: 'token' });
    expect(inbox.errors()).toMatchObject([{ value: 'A test error of `qr-obs doctor`: nothing is wrong.' }]);
  });

  it('says what is wrong, what it did not ask because of that, and a verdict', async () => {
    const inbox = await closedOrigin();
    const root = makeRoot();
    const env = { ...localEnv(inbox), OBSERVABILITY_SPOOL_MAX_BYTES: String(2 ** 43) };
    const { out, exitCode } = await runDoctor([], { env, root });
    expect(plain(out, root, inbox)).toMatchInlineSnapshot(`
      "No account is named in the environment: the inbox at <inbox> stands in for the vendors.
      ✓ variables       All can be read; analytics and error tracking are on.
      ! spool           <root>/.data/spool can be written, but only <free> MiB are free and a service may fill 8,388,608 MiB.
                        → Make room, or lower OBSERVABILITY_SPOOL_MAX_BYTES: in a long outage the oldest batch then goes, counted, before the disk is full.
      ✓ dead-letters    Nothing was refused.
      ✗ inbox           Nothing listens at <inbox>: \`npm start\` starts the inbox and the services.
                        → Leave it running in a terminal of its own, and ask again.
      - skipped         clock, mixpanel-event, sentry-error (need inbox); spelling, production, page, residency, sdk-copies, mixpanel-host, sentry-host, redis, services, analytics, alert-token. --verbose says why

      1 check failed: inbox. A warning: spool."
    `);
    expect(exitCode).toBe(1);
  });

  it('answers tools with data', async () => {
    const { out, exitCode } = await runDoctor(['--json', '--offline'], { env: { MIXPANEL_TOKEN: 'two words' } });
    const { verdict, checks } = JSON.parse(out) as Report;
    expect(verdict).toBe('broken');
    expect(exitCode).toBe(1);
    expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'variables failed',
      'spelling skipped',
      'production skipped',
      'page skipped',
      'residency skipped',
      'spool skipped',
      'dead-letters skipped',
      'sdk-copies skipped',
    ]);
  });

  it('runs the checks that are asked for, with those that they need', async () => {
    const inbox = await startInbox();
    onTestFinished(() => inbox.close());
    const { out } = await runDoctor(['--only', 'clock', '--only', 'spool', '--json'], { env: localEnv(inbox.url) });
    const { checks } = JSON.parse(out) as Report;
    expect(checks.map(({ name }) => name)).toEqual(['variables', 'spool', 'inbox', 'clock']);
    expect(inbox.events()).toEqual([]);
  });

  it.each([
    { args: ['--only', 'weather'], says: /--only must be one of variables, .*, got "weather"/ },
    { args: ['--only', 'clock', '--offline'], says: /--only clock asks the network, and --offline forbids it/ },
    { args: ['--timeout', 'soon'], says: /--timeout must be a number of seconds from 0\.5 to 300, got "soon"/ },
    { args: ['now'], says: /too many arguments/ },
  ])('refuses $args', async ({ args, says }) => {
    const { exitCode, notes, out } = await runDoctor(args);
    expect(exitCode).toBe(2);
    expect(notes).toMatch(says);
    expect(out).toBe('');
  });

  it('leaves nothing behind, the library as it was, and the spool empty', async () => {
    const inbox = await startInbox();
    onTestFinished(() => inbox.close());
    const { env } = process;
    const { warn } = console;
    expect(await runCheck('sentry-error', { env: localEnv(inbox.url) })).toMatchObject({ status: 'ok' });
    expect(process.env).toBe(env);
    expect(console.warn).toBe(warn);
    const { observabilityStats } = await import('@qr/common');
    expect(observabilityStats()).toMatchObject({ analytics: 'off', errors: 'off', lanes: {} });
  });
});

describe('the proof', () => {
  it('is a look-up of both events where a service account is there', async () => {
    const origin = await playMixpanel({ tokens: { [TOKEN]: '1' }, account: ACCOUNT });
    const env = {
      MIXPANEL_TOKEN: TOKEN,
      MIXPANEL_API_HOST: origin,
      MIXPANEL_APP_HOST: origin,
      MIXPANEL_SERVICE_ACCOUNT: ACCOUNT,
      MIXPANEL_PROJECT_ID: '1',
    };
    expect(await runCheck('mixpanel-event', { env })).toMatchObject({
      status: 'ok',
      says: 'Two test events `observability_checked`, one by the service account and one by the token, were found again in project 1.',
    });
  });

  it('is the answer of Mixpanel where only a token is there, and says so', async () => {
    const env = { MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: await playMixpanel({ tokens: { [TOKEN]: '1' } }) };
    const found = await runCheck('mixpanel-event', { env });
    expect(found).toMatchObject({ status: 'ok', says: expect.stringContaining('its answer is the proof') });
  });

  it('is a look-up of the error where an auth token may make it', async () => {
    const origin = await playSentry({ key: KEY, project: '2' });
    const env = { SENTRY_DSN: dsn(origin), SENTRY_URL: origin, SENTRY_ORG: 'acme', SENTRY_AUTH_TOKEN: `sntryu_${KEY}` };
    const found = await runCheck('sentry-error', { env });
    expect(found).toMatchObject({
      status: 'ok',
      says: expect.stringMatching(/found again in Sentry, in the project services/),
    });
  });

  it('is the answer of Sentry where nobody can look the error up, and says so', async () => {
    const env = { SENTRY_DSN: dsn(await playSentry({ key: KEY, project: '2' })) };
    const found = await runCheck('sentry-error', { env });
    expect(found).toMatchObject({ status: 'ok', says: expect.stringMatching(/its answer 200 is the proof/) });
  });

  it('of Redis is a PONG, after the password of the URL', async () => {
    const heard: string[] = [];
    const address = await serveBytes((text, socket) => {
      heard.push(text);
      socket.write('+OK\r\n+PONG\r\n');
    });
    const env = { OBSERVABILITY_REDIS_URL: `redis://shipper:s%3Acret-word@${address}` };
    expect(await runCheck('redis', { env })).toMatchObject({ status: 'ok', says: `Redis answers at ${address}.` });
    expect(heard.join('')).toBe('*3\r\n$4\r\nAUTH\r\n$7\r\nshipper\r\n$11\r\ns:cret-word\r\n*1\r\n$4\r\nPING\r\n');
  });

  it('of analytics-service is that it takes the token of the services', async () => {
    const token = 'service-token-of-at-least-32-characters';
    const origin = await serve(({ url, headers }, response) => {
      const isLetIn = url.pathname === '/internal/stats' && headers.authorization === `Bearer ${token}`;
      response.writeHead(isLetIn ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
    });
    // Of several instances the first is asked.
    const env = { ANALYTICS_URL: `${origin},http://127.0.0.1:9`, SERVICE_TOKEN: token };
    expect(await runCheck('analytics', { env })).toMatchObject({
      status: 'ok',
      says: `It answers at ${origin} and takes the token.`,
    });
  });

  it('of the alert token is that Sentry shows alerts', async () => {
    const origin = await playSentry({ key: KEY, project: '2' });
    const env = { SENTRY_URL: origin, SENTRY_ORG: 'acme', SENTRY_AUTH_TOKEN: `sntryu_${KEY}` };
    expect(await runCheck('alert-token', { env })).toMatchObject({ status: 'ok' });
  });
});

describe('its time', () => {
  it('is that of --timeout for each check', async () => {
    const silent = await serve(() => {});
    const startedAt = performance.now();
    const env = { MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: silent, SENTRY_DSN: dsn(silent) };
    const { out, exitCode } = await runDoctor(['--timeout', '0.5'], { env });
    expect(out).toContain('does not answer in time');
    expect(exitCode).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('ends an event that is taken without an answer', async () => {
    const env = { MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: await answersOnlyAtRoot() };
    const found = await runCheck('mixpanel-event', { env }, ['--timeout', '1']);
    expect(found).toMatchObject({
      status: 'failed',
      says: expect.stringMatching(/took the connection and did not answer/),
    });
  });

  it.each(['mixpanel-event', 'sentry-error', 'mixpanel-host'])(
    'ends within a second of Ctrl-C in %s',
    async (check) => {
      const host = check === 'mixpanel-host' ? await serve(() => {}) : await answersOnlyAtRoot();
      const interruption = new AbortController();
      const env = { MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: host, SENTRY_DSN: dsn(host) };
      const run = runDoctor(['--only', check, '--timeout', '60'], { env, signal: interruption.signal });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const interruptedAt = performance.now();
      interruption.abort();
      const { exitCode, notes } = await run;
      expect(performance.now() - interruptedAt).toBeLessThan(1000);
      expect(exitCode).toBe(130);
      expect(notes).toBe('Interrupted.');
    },
  );
});

describe('secrets', () => {
  it('are not printed, even when a vendor quotes them', async () => {
    const quoting = await serve(({ url, headers }, response) => {
      const said = `${headers.authorization} ${TOKEN} ${ACCOUNT} account-secret-value ${headers['x-sentry-auth']}`;
      const status = url.pathname === '/' ? 200 : 401;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: said }));
    });
    const env = {
      MIXPANEL_TOKEN: TOKEN,
      MIXPANEL_API_HOST: quoting,
      MIXPANEL_SERVICE_ACCOUNT: ACCOUNT,
      MIXPANEL_PROJECT_ID: '1',
      SENTRY_DSN: dsn(quoting),
      SENTRY_AUTH_TOKEN: `sntryu_${KEY}`,
      SENTRY_ORG: 'acme',
      SENTRY_URL: quoting,
      PII_HASH_KEY: KEY,
      OBSERVABILITY_REDIS_URL: `redis://:redis-password@127.0.0.1:1`,
    };
    const { out, notes } = await runDoctor([], { env });
    expect(out).toContain('(401: Basic ***');
    const secrets = [TOKEN, ACCOUNT, 'account-secret-value', KEY, 'redis-password', btoa(ACCOUNT), btoa(`${TOKEN}:`)];
    for (const secret of secrets) expect(`${out}${notes}`).not.toContain(secret);
  });
});

/** A vendor that can be reached, and then says nothing to what is sent. */
function answersOnlyAtRoot(): Promise<string> {
  return serve(({ url }, response) => {
    if (url.pathname === '/') response.writeHead(404).end();
  });
}

function localEnv(inbox: string): Readonly<Record<string, string>> {
  return {
    INBOX_URL: inbox,
    MIXPANEL_TOKEN: 'local-token',
    MIXPANEL_API_HOST: inbox,
    MIXPANEL_APP_HOST: inbox,
    SENTRY_DSN: inbox.replace('://', '://server@').concat('/1'),
  };
}

function dsn(origin: string): string {
  return `${origin.replace('://', `://${KEY}@`)}/2`;
}

/** Without what differs from run to run. */
function plain(out: string, root: string, inbox: string): string {
  return out
    .replaceAll(root, '<root>')
    .replaceAll(inbox, '<inbox>')
    .replace(/\b[0-9a-f]{32}\b/g, '<id>')
    .replace(/(only )?[\d,]+ MiB are free/g, '$1<free> MiB are free');
}
