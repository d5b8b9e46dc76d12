import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CommandContext } from '../../src/cli/command.ts';
import { answer, closedOrigin, playMixpanel, playSentry, serve, serveBytes } from './play-vendors.ts';
import { makeRoot, runCheck } from './run-doctor.ts';

type Given = Partial<CommandContext>;

/** One way in which a set-up is broken: which check tells of it, how grave it is, and the cause that it must name. */
interface BrokenSetUp {
  readonly what: string;
  readonly check: string;
  readonly status: 'failed' | 'warning';
  readonly cause: RegExp;
  readonly cure: RegExp;
  readonly given: () => Given | Promise<Given>;
  readonly args?: readonly string[];
}

const KEY = 'abcdef0123456789abcdef0123456789';
const TOKEN = 'token-of-project-1';
const ACCOUNT = 'doctor.1a2b3c:account-secret-value';
const SERVICE_TOKEN = 'service-token-of-at-least-32-characters';

const setUps: readonly BrokenSetUp[] = [
  {
    what: 'variables that cannot be read, all of them at once',
    check: 'variables',
    status: 'failed',
    cause: /MIXPANEL_TOKEN: expected .*\n.*MIXPANEL_API_HOST: expected an origin .*\n.*SENTRY_DSN: expected a DSN/s,
    cure: /\.env\.example/,
    given: () =>
      env({
        MIXPANEL_TOKEN: 'two words',
        MIXPANEL_API_HOST: 'htps://mixpanel.com',
        SENTRY_DSN: 'https://o1.ingest.sentry.io/2',
      }),
  },
  {
    what: 'a half that is off',
    check: 'variables',
    status: 'warning',
    cause: /SENTRY_DSN is not set: error tracking is off/,
    cure: /\.env/,
    given: () => env({ MIXPANEL_TOKEN: TOKEN }),
  },
  {
    what: 'mistyped names of variables',
    check: 'spelling',
    status: 'warning',
    cause:
      /^Nothing reads SENTRY_DNS \(in \.env\)\. Did you mean SENTRY_DSN\? It is not set\.\nNothing reads MIXPANEL_TOKN \(in \.env\)\. Did you mean MIXPANEL_TOKEN\? It is not set\.$/,
    cure: /Correct the name/,
    given: () => {
      const root = makeRoot();
      putFile(root, '.env.example', '# Errors.\nSENTRY_DSN=\nMIXPANEL_TOKEN=\nSENTRY_ORG=\n');
      return {
        env: {
          SENTRY_DNS: dsn('https://o1.ingest.sentry.io', KEY, '2'),
          MIXPANEL_TOKN: TOKEN,
          SENTRY_ORG: 'a',
          SENTRY_ORGS: 'b',
        },
        root,
      };
    },
  },
  {
    what: 'production without a key for hashes',
    check: 'variables',
    status: 'failed',
    cause: /PII_HASH_KEY is missing.* required in production/,
    cure: /\.env/,
    given: () =>
      env({ NODE_ENV: 'production', MIXPANEL_TOKEN: TOKEN, SENTRY_DSN: `https://${KEY}@o1.ingest.sentry.io/2` }),
  },
  {
    what: 'production that sends to the inbox of a laptop',
    check: 'production',
    status: 'failed',
    cause: /Events of production go to http:\/\/127\.0\.0\.1:4600, which is the development inbox/,
    cure: /MIXPANEL_TOKEN and MIXPANEL_API_HOST to those of the production project/,
    given: () =>
      env({
        NODE_ENV: 'production',
        PII_HASH_KEY: KEY,
        MIXPANEL_TOKEN: TOKEN,
        MIXPANEL_API_HOST: 'http://127.0.0.1:4600',
        SENTRY_DSN: `https://${KEY}@o1.ingest.sentry.io/2`,
      }),
  },
  {
    what: 'a page that sends to another Mixpanel project than the services',
    check: 'page',
    status: 'warning',
    cause: /VITE_MIXPANEL_TOKEN and MIXPANEL_TOKEN differ/,
    cure: /token of one project/,
    given: () => env({ MIXPANEL_TOKEN: TOKEN, VITE_MIXPANEL_TOKEN: 'token-of-project-2' }),
  },
  {
    what: "the DSN of the page's project in the services",
    check: 'page',
    status: 'warning',
    cause: /name the same project/,
    cure: /one for the services/,
    given: () =>
      env({
        SENTRY_DSN: `https://${KEY}@o1.ingest.sentry.io/2`,
        VITE_SENTRY_DSN: `https://${KEY}@o1.ingest.sentry.io/2`,
      }),
  },
  {
    what: 'a DSN of the page that is none',
    check: 'page',
    status: 'failed',
    cause: /VITE_SENTRY_DSN: expected a DSN/,
    cure: /Client Keys/,
    given: () => env({ VITE_SENTRY_DSN: 'https://o1.ingest.sentry.io/2' }),
  },
  {
    what: 'Mixpanel hosts of two regions',
    check: 'residency',
    status: 'failed',
    cause: /sent to api\.mixpanel\.com \(US\) and read from eu\.mixpanel\.com \(EU\)/,
    cure: /EU: set MIXPANEL_API_HOST=https:\/\/api-eu\.mixpanel\.com/,
    given: () => env({ MIXPANEL_TOKEN: TOKEN, MIXPANEL_APP_HOST: 'https://eu.mixpanel.com' }),
  },
  {
    what: 'events sent to the host of the application',
    check: 'residency',
    status: 'failed',
    cause: /MIXPANEL_API_HOST is in\.mixpanel\.com, where reports are read/,
    cure: /https:\/\/api-in\.mixpanel\.com/,
    given: () => env({ MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: 'https://in.mixpanel.com' }),
  },
  {
    what: 'a project of another region, where events vanish',
    check: 'mixpanel-event',
    status: 'warning',
    cause: /took the test event, but .* does not show it within 2 s: .*another region/,
    cure: /MIXPANEL_API_HOST with the region/,
    given: async () =>
      mixpanelEnv(await playMixpanel({ tokens: { [TOKEN]: '1' }, account: ACCOUNT, elsewhere: ['1'] })),
    args: ['--timeout', '2'],
  },
  {
    what: 'a Mixpanel token of another project',
    check: 'mixpanel-event',
    status: 'failed',
    cause: /MIXPANEL_TOKEN is of another project than MIXPANEL_PROJECT_ID \(1\)/,
    cure: /Copy the token of project 1/,
    given: async () => mixpanelEnv(await playMixpanel({ tokens: { [TOKEN]: '2' }, account: ACCOUNT })),
    args: ['--timeout', '2'],
  },
  {
    what: 'a Mixpanel token that nobody knows',
    check: 'mixpanel-event',
    status: 'failed',
    cause: /does not know MIXPANEL_TOKEN \(401: Invalid credentials\)/,
    cure: /Project Token/,
    given: async () => env({ MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: await playMixpanel({ tokens: {} }) }),
  },
  {
    what: 'a service account with a wrong secret',
    check: 'mixpanel-event',
    status: 'failed',
    cause: /refuses the service account \(401: Invalid credentials\)/,
    cure: /Service Accounts/,
    given: async () => mixpanelEnv(await playMixpanel({ tokens: { [TOKEN]: '1' }, account: 'another:account' })),
  },
  {
    what: 'a Mixpanel that limits the rate',
    check: 'mixpanel-event',
    status: 'failed',
    cure: /quota/,
    cause: /takes no more for now \(429: .*says nothing against the credentials/,
    given: async () =>
      env({
        MIXPANEL_TOKEN: TOKEN,
        MIXPANEL_API_HOST: await always(429, { code: 429, error: 'Project exceeded rate limits.' }),
      }),
  },
  {
    what: 'a Mixpanel that is down',
    check: 'mixpanel-event',
    status: 'failed',
    cause: /Mixpanel has troubles of its own \(503.*says nothing against the credentials/,
    cure: /status page/,
    given: async () => env({ MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: await always(503, { error: 'try later' }) }),
  },
  {
    what: 'the log-in page of a network in the place of Mixpanel',
    check: 'mixpanel-event',
    status: 'failed',
    cause: /Something that is not Mixpanel answers .*Please log in/,
    cure: /log-in page/,
    given: async () =>
      env({
        MIXPANEL_TOKEN: TOKEN,
        MIXPANEL_API_HOST: await serve((_request, response) => response.end('<html>Please log in</html>')),
      }),
  },
  {
    what: 'a DSN with a mistyped key',
    check: 'sentry-error',
    status: 'failed',
    cause: /refuses the key in SENTRY_DSN \(403: .*mistyped/,
    cure: /Client Keys/,
    given: async () => env({ SENTRY_DSN: dsn(await playSentry({ key: KEY, project: '2' }), 'f'.repeat(32), '2') }),
  },
  {
    what: 'a DSN with a mistyped project',
    check: 'sentry-error',
    status: 'failed',
    cause: /does not know the project at the end of SENTRY_DSN/,
    cure: /Client Keys/,
    given: async () => env({ SENTRY_DSN: dsn(await playSentry({ key: KEY, project: '2' }), KEY, '3') }),
  },
  {
    what: 'a Sentry whose quota is used up',
    check: 'sentry-error',
    status: 'failed',
    cause: /Sentry takes no more for now \(429/,
    cure: /quota/,
    given: async () => env({ SENTRY_DSN: dsn(await always(429, { detail: 'quota reached' }), KEY, '2') }),
  },
  {
    what: 'a Sentry that takes the error and never shows it',
    check: 'sentry-error',
    status: 'warning',
    cause: /does not show it within 2 s: .*another organization/,
    cure: /Stats > Errors/,
    given: async () => {
      const ingest = await playSentry({ key: KEY, project: '2' });
      const management = await always(404, { detail: 'The requested resource does not exist' });
      return env({
        SENTRY_DSN: dsn(ingest, KEY, '2'),
        SENTRY_AUTH_TOKEN: KEY,
        SENTRY_ORG: 'acme',
        SENTRY_URL: management,
      });
    },
    args: ['--timeout', '2'],
  },
  {
    what: 'a host for reports that is not there',
    check: 'mixpanel-event',
    status: 'warning',
    cause: /took the test event; it could not be looked up: Nothing listens/,
    cure: /MIXPANEL_APP_HOST/,
    given: async () => {
      const { env: vendor } = mixpanelEnv(await playMixpanel({ tokens: { [TOKEN]: '1' }, account: ACCOUNT }));
      return env({ ...vendor, MIXPANEL_APP_HOST: await closedOrigin() });
    },
  },
  {
    what: 'a management API of Sentry that is not there',
    check: 'sentry-error',
    status: 'warning',
    cause: /took the test error \w+; it could not be looked up: Nothing listens/,
    cure: /SENTRY_URL/,
    given: async () => {
      const ingest = await playSentry({ key: KEY, project: '2' });
      const { env: management } = sentryApi(await closedOrigin(), KEY);
      return env({ ...management, SENTRY_DSN: dsn(ingest, KEY, '2') });
    },
  },
  {
    what: 'a clock that is two hours ahead',
    check: 'clock',
    status: 'failed',
    cause: /2 hours ahead of .*Mixpanel refuses/,
    cure: /NTP/,
    given: async () => ({ ...mixpanelOnly(await always(404, {})), now: () => Date.now() + 2 * 3_600_000 }),
  },
  {
    what: 'a clock that is five minutes behind',
    check: 'clock',
    status: 'warning',
    cause: /5 minutes behind/,
    cure: /NTP/,
    given: async () => ({ ...mixpanelOnly(await always(404, {})), now: () => Date.now() - 5 * 60_000 }),
  },
  {
    what: 'a spool that cannot be written',
    check: 'spool',
    status: 'failed',
    cause: /A part of .* is a file, not a folder \(E/,
    cure: /OBSERVABILITY_SPOOL_DIR/,
    given: () => {
      const root = makeRoot();
      writeFileSync(join(root, 'file'), '');
      return env({ OBSERVABILITY_SPOOL_DIR: join(root, 'file/spool') });
    },
  },
  {
    what: 'a disk with less room than the spool may take',
    check: 'spool',
    status: 'warning',
    cause: /only .* MiB are free and a service may fill 8,388,608 MiB/,
    cure: /Make room/,
    given: () => env({ OBSERVABILITY_SPOOL_MAX_BYTES: String(2 ** 43) }),
  },
  {
    what: 'dead letters that nobody has looked at',
    check: 'dead-letters',
    status: 'warning',
    cause: /3 records were refused .*: 2 of import, 1 of sentry/,
    cure: /qr-obs spool dead/,
    given: () => {
      const root = makeRoot();
      putFile(root, '.data/spool/auth-service/dead/import.ndjson', '{"reason":"a"}\n{"reason":"b"}\n');
      putFile(root, '.data/spool/auth-service/errors/dead/sentry.ndjson', '{"reason":"c"}\n');
      return { ...env({}), root };
    },
  },
  {
    what: 'two copies of the Sentry SDK',
    check: 'sdk-copies',
    status: 'failed',
    cause: /2 copies .*@sentry\/core 11\.1\.0 in node_modules.*@sentry\/core 10\.2\.0 in services\/auth/,
    cure: /npm ls @sentry\/core/,
    given: () => {
      const root = makeRoot();
      install(root, 'node_modules/@sentry/core', '11.1.0');
      install(root, 'services/auth/node_modules/library/node_modules/@sentry/core', '10.2.0');
      install(root, 'services/auth/node_modules/library', '1.0.0');
      return { ...env({}), root };
    },
  },
  {
    what: 'an SDK for Node of another version than its core',
    check: 'sdk-copies',
    status: 'failed',
    cause: /Two versions .*@sentry\/node 11\.3\.0/,
    cure: /exactly one version/,
    given: () => {
      const root = makeRoot();
      install(root, 'node_modules/@sentry/core', '11.1.0');
      install(root, 'node_modules/@sentry/node', '11.3.0');
      return { ...env({}), root };
    },
  },
  {
    what: 'an inbox that was not started',
    check: 'inbox',
    status: 'failed',
    cause: /Nothing listens at http:\/\/127\.0\.0\.1:\d+: `npm start` starts the inbox/,
    cure: /ask again/,
    given: async () => localEnv(await closedOrigin()),
  },
  {
    what: 'something else in the place of the inbox',
    check: 'inbox',
    status: 'failed',
    cause: /What answers at .* is not the inbox \(status 404\)/,
    cure: /INBOX_URL/,
    given: async () => localEnv(await always(404, {})),
  },
  {
    what: 'a host that does not exist',
    check: 'mixpanel-host',
    status: 'failed',
    cause: /The name api\.mixpanel\.invalid cannot be resolved/,
    cure: /typing error/,
    given: () => mixpanelOnly('https://api.mixpanel.invalid'),
  },
  {
    what: 'a host that refuses the connection',
    check: 'sentry-host',
    status: 'failed',
    cause: /Nothing listens at http:\/\/127\.0\.0\.1/,
    cure: /ask again/,
    given: async () => env({ SENTRY_DSN: dsn(await closedOrigin(), KEY, '2') }),
  },
  {
    what: 'TLS asked of a host that speaks none',
    check: 'sentry-host',
    status: 'failed',
    cause: /does not speak TLS/,
    cure: /http:\/\//,
    given: async () => env({ SENTRY_DSN: dsn((await always(200, {})).replace('http:', 'https:'), KEY, '2') }),
  },
  {
    what: 'a host that takes the connection and says nothing',
    check: 'mixpanel-host',
    status: 'failed',
    cause: /does not answer in time/,
    cure: /firewall/,
    given: async () => mixpanelOnly(await serve(() => {})),
    args: ['--timeout', '0.5'],
  },
  {
    what: 'a proxy that is not there',
    check: 'mixpanel-host',
    status: 'failed',
    cause:
      /HTTPS_PROXY sends deliveries to https:\/\/api\.mixpanel\.com through the proxy http:\/\/127\.0\.0\.1:\d+\. Nothing listens at tcp:\/\/127\.0\.0\.1:\d+\.$/,
    cure: /NO_PROXY/,
    given: async () =>
      env({ MIXPANEL_TOKEN: TOKEN, HTTPS_PROXY: (await closedOrigin()).replace('//', '//user:password@') }),
  },
  {
    what: 'a proxy for what is meant for the inbox',
    check: 'inbox',
    status: 'warning',
    cause: /HTTP_PROXY sends even what is for the inbox/,
    cure: /Name 127\.0\.0\.1 in NO_PROXY/,
    given: async () => {
      const proxy = await always(200, {});
      const { env: local } = localEnv(await closedOrigin());
      return { env: { ...local, HTTP_PROXY: proxy } };
    },
  },
  {
    what: 'a Redis that is not there',
    check: 'redis',
    status: 'failed',
    cause: /Nothing listens at redis:\/\/127\.0\.0\.1/,
    cure: /Start Redis/,
    given: async () => env({ OBSERVABILITY_REDIS_URL: (await closedOrigin()).replace('http:', 'redis:') }),
  },
  {
    what: 'a Redis that wants a password',
    check: 'redis',
    status: 'failed',
    cause: /refuses the user or password .*NOAUTH/,
    cure: /redis:\/\/user:password@/,
    given: async () =>
      env({
        OBSERVABILITY_REDIS_URL: `redis://${await serveBytes((_text, socket) => socket.write('-NOAUTH Authentication required.\r\n'))}`,
      }),
  },
  {
    what: 'something else on the port of Redis',
    check: 'redis',
    status: 'failed',
    cause: /not a Redis/,
    cure: /port/,
    given: async () => env({ OBSERVABILITY_REDIS_URL: (await always(400, {})).replace('http:', 'redis:') }),
  },
  {
    what: 'an analytics-service that was started with another token',
    check: 'analytics',
    status: 'failed',
    cause: /refuses our SERVICE_TOKEN \(401\)/,
    cure: /same SERVICE_TOKEN/,
    given: async () => env({ ANALYTICS_URL: await always(401, { error: 'unauthorized' }), SERVICE_TOKEN }),
  },
  {
    what: 'an analytics-service without a token',
    check: 'analytics',
    status: 'failed',
    cause: /SERVICE_TOKEN is not: nothing is sent/,
    cure: /at least 32 characters/,
    given: () => env({ ANALYTICS_URL: 'http://127.0.0.1:3005' }),
  },
  {
    what: 'an organization token, whose scope is too small for alerts',
    check: 'alert-token',
    status: 'warning',
    cause: /may not read alerts \(403\): it is an organization token, which has the scope org:ci only/,
    cure: /internal integration .*alerts:write/,
    given: async () =>
      sentryApi(await playSentry({ key: KEY, project: '2', scopes: ['org:ci'] }), 'sntrys_an-organization-token'),
  },
  {
    what: 'a revoked auth token',
    check: 'alert-token',
    status: 'failed',
    cause: /does not know SENTRY_AUTH_TOKEN \(401\)/,
    cure: /Make a new one/,
    given: async () => sentryApi(await always(401, { detail: 'Invalid token' }), KEY),
  },
];

describe('a broken set-up names its cause', () => {
  it.each(setUps)('$what', async ({ check, status, cause, cure, given, args = [] }) => {
    const found = await runCheck(check, await given(), args);
    expect(found.says).toMatch(cause);
    expect(found.do).toMatch(cure);
    expect(found.status).toBe(status);
    expect(found.exitCode).toBe(status === 'failed' ? 1 : 0);
    // None of the secrets that these set-ups have.
    expect(`${found.says} ${found.do}`).not.toMatch(
      /abcdef0123|token-of-project|account-secret|service-token-of|sntrys_an|user:password@127/,
    );
  });
});

describe('the inbox as a vendor with troubles', () => {
  const faults = [
    {
      endpoint: 'import',
      check: 'mixpanel-event',
      fault: { kind: 'status', status: 401 },
      cause: /does not know MIXPANEL_TOKEN/,
    },
    { endpoint: 'import', check: 'mixpanel-event', fault: { kind: 'rate-limit' }, cause: /takes no more for now/ },
    {
      endpoint: 'import',
      check: 'mixpanel-event',
      fault: { kind: 'partial', failEvery: 1 },
      cause: /refuses what was sent \(400/,
    },
    {
      endpoint: 'import',
      check: 'mixpanel-event',
      fault: { kind: 'reset', when: 'during' },
      cause: /ended the connection/,
    },
    {
      endpoint: 'envelope',
      check: 'sentry-error',
      fault: { kind: 'status', status: 403 },
      cause: /does not know the project/,
    },
    {
      endpoint: 'envelope',
      check: 'sentry-error',
      fault: { kind: 'status', status: 503 },
      cause: /has troubles of its own/,
    },
  ] as const;

  it.each(faults)('$check tells of $fault', async ({ endpoint, check, fault, cause }) => {
    const inbox = await startInbox();
    onTestFinished(() => inbox.close());
    inbox.faults.add({ endpoint, fault });
    const found = await runCheck(check, localEnv(inbox.url));
    expect(found.says).toMatch(cause);
    expect(found.status).toBe('failed');
  });
});

function env(variables: Readonly<Record<string, string>>): { readonly env: Readonly<Record<string, string>> } {
  return { env: variables };
}

/** As `readEnvironment` makes it on a laptop without accounts. */
function localEnv(inbox: string): { readonly env: Readonly<Record<string, string>> } {
  return env({
    INBOX_URL: inbox,
    MIXPANEL_TOKEN: 'local-token',
    MIXPANEL_API_HOST: inbox,
    MIXPANEL_APP_HOST: inbox,
    SENTRY_DSN: inbox.replace('://', '://server@').concat('/1'),
  });
}

function mixpanelOnly(origin: string): Given {
  return env({ MIXPANEL_TOKEN: TOKEN, MIXPANEL_API_HOST: origin });
}

function mixpanelEnv(origin: string): ReturnType<typeof env> {
  return env({
    MIXPANEL_TOKEN: TOKEN,
    MIXPANEL_API_HOST: origin,
    MIXPANEL_APP_HOST: origin,
    MIXPANEL_SERVICE_ACCOUNT: ACCOUNT,
    MIXPANEL_PROJECT_ID: '1',
  });
}

function sentryApi(origin: string, token: string): ReturnType<typeof env> {
  return env({ SENTRY_URL: origin, SENTRY_ORG: 'acme', SENTRY_AUTH_TOKEN: token });
}

function dsn(origin: string, key: string, project: string): string {
  return `${origin.replace('://', `://${key}@`)}/${project}`;
}

function always(status: number, body: unknown): Promise<string> {
  return serve((_request, response) => answer(response, status, body));
}

function putFile(root: string, path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function install(root: string, folder: string, version: string): void {
  putFile(root, `${folder}/package.json`, JSON.stringify({ version }));
}
