import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import Type from 'typebox';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryTransport } from '../../telemetry/src/testing.ts';
import {
  captureException,
  closeObservability,
  flushObservability,
  hashEmail,
  identifyUser,
  initializeMixpanel,
  initializeSentry,
  loadConfig,
  observabilityStats,
  readObservabilityConfig,
  Sentry,
  startShipper,
  trackEvent,
  visitorId,
} from '../src/index.ts';
import { core } from '../src/instance.ts';
import { buildServer } from '../src/server.ts';
import { setEnv } from './start-observed.ts';

const KEY = 'k'.repeat(32);
const TOKEN = 't'.repeat(32);

/** All that the library reads, absent unless a test sets it. */
const nothing = Object.fromEntries(
  [
    ...['MIXPANEL_TOKEN', 'MIXPANEL_API_HOST', 'MIXPANEL_APP_HOST', 'MIXPANEL_OAUTH_TOKEN', 'MIXPANEL_SERVICE_ACCOUNT'],
    ...['MIXPANEL_PROJECT_ID', 'ANALYTICS_URL', 'SERVICE_TOKEN', 'OBSERVABILITY_REDIS_URL', 'PII_HASH_KEY'],
    ...['SENTRY_DSN', 'SENTRY_TRACES_SAMPLE_RATE', 'SENTRY_ROUTE_SAMPLE_RATES', 'OBSERVABILITY_SPOOL_DIR'],
    ...['TRUST_PROXY', 'LOG_LEVEL', 'SENTRY_ERROR_BUDGET_PER_MONTH'],
  ].map((name) => [name, undefined]),
);

let warn = vi.spyOn(console, 'warn');
beforeEach(() => {
  core.warnOnce.reset();
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  warn.mockClear();
});
const said = () => warn.mock.calls.map(String).join('\n');

function given(variables: Readonly<Record<string, string | undefined>>): void {
  const restore = setEnv({ ...nothing, NODE_ENV: 'test', ...variables });
  onTestFinished(async () => {
    await closeObservability(200);
    restore();
  });
}

/** A receiver that takes everything, and says under which path. */
async function startReceiver() {
  const requests: { path: string; authorization: string | undefined; names: string[] }[] = [];
  const server = createServer(async (request, response) => {
    const body = await bytesOf(request);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString();
    const names = (JSON.parse(text) as { event?: string }[]).map(({ event }) => String(event));
    requests.push({ path: String(request.url), authorization: request.headers.authorization, names });
    response.end(`{"code":200,"num_records_imported":${names.length},"status":"OK"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe("Mixpanel's host", () => {
  it.each([
    ['api-eu.mixpanel.com', 'https://api-eu.mixpanel.com'],
    ['//api-eu.mixpanel.com/', 'https://api-eu.mixpanel.com'],
    ['HTTPS://API-EU.mixpanel.com', 'https://api-eu.mixpanel.com'],
    ['api-eu.mixpanel.com:8443', 'https://api-eu.mixpanel.com:8443'],
    ['localhost:4600', 'https://localhost:4600'],
    ['collect.example.com/mixpanel/', 'https://collect.example.com/mixpanel'],
    [' http://127.0.0.1:4600/a/b\n', 'http://127.0.0.1:4600/a/b'],
    ['http://[::1]:4600', 'http://[::1]:4600'],
  ])('is taken as %j stands for it', (value, host) => {
    const { config, problems } = readObservabilityConfig({ MIXPANEL_API_HOST: value, MIXPANEL_APP_HOST: value });
    expect(config).toMatchObject({ MIXPANEL_API_HOST: host, MIXPANEL_APP_HOST: host });
    expect([...problems]).toEqual([]);
  });

  const malformed = [
    ...['eu', 'https//api-eu.mixpanel.com', 'https:/api-eu.mixpanel.com', 'htps://api-eu.mixpanel.com', 'https://'],
    ...['https:api-eu.mixpanel.com', 'https://https://api-eu.mixpanel.com', 'https://api-eu..mixpanel.com', '://x.y'],
    ...['https://user:secret@api-eu.mixpanel.com', 'https://api-eu.mixpanel.com?x=1', 'api-eu.mixpanel.com:port'],
    ...['https://api-eu mixpanel.com', 'https://api-eu,mixpanel.com', '"https://api-eu.mixpanel.com"', 'file:///etc'],
  ];

  it.each(malformed)('turns Mixpanel off when it is %j, with one line that says why', (value) => {
    given({ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: value });
    expect(initializeMixpanel()).toBeNull();
    expect(observabilityStats().analytics).toBe('off');
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/MIXPANEL_API_HOST: expected an origin .* Nothing is sent to Mixpanel/)],
    ]);
  });

  it('leaves the other destination on when it is malformed', async () => {
    const own = await startReceiver();
    given({
      ...{ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: 'htps://eu' },
      ...{ ANALYTICS_URL: `${own.url}/base`, SERVICE_TOKEN: TOKEN },
    });
    expect(initializeMixpanel()).toBeNull();
    trackEvent('qr_scanned', '$device:d1', { qr_id: 'q1' });
    await flushObservability();
    expect(own.requests).toMatchObject([{ path: '/base/import?strict=1', names: ['qr_scanned'] }]);
  });

  it('keeps its path', async () => {
    const vendor = await startReceiver();
    given({ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: `${vendor.url}/behind/a/proxy/` });
    initializeMixpanel();
    trackEvent('logout', 'u1');
    await flushObservability();
    expect(vendor.requests[0]?.path).toMatch(/^\/behind\/a\/proxy\/import\?strict=1/);
  });
});

describe('the host of deletions', () => {
  const account = { MIXPANEL_TOKEN: 'test-token', MIXPANEL_OAUTH_TOKEN: 'oauth' };

  it.each([
    ['https://api-eu.mixpanel.com', undefined, true, ''],
    ['https://collect.example.com', undefined, false, 'set MIXPANEL_APP_HOST'],
    ['https://collect.example.com', 'eu.mixpanel.com', true, ''],
    ['https://api-eu.mixpanel.com', 'htps://eu', false, 'MIXPANEL_APP_HOST: expected an origin'],
  ])('with MIXPANEL_API_HOST=%s and MIXPANEL_APP_HOST=%s is known: %s', (apiHost, appHost, isKnown, problem) => {
    given({ ...account, MIXPANEL_API_HOST: apiHost, MIXPANEL_APP_HOST: appHost });
    initializeMixpanel();
    expect(observabilityStats().analytics).toBe('on');
    expect('deletions' in observabilityStats().lanes).toBe(isKnown);
    expect(said()).toContain(problem);
  });
});

describe('a service account', () => {
  it.each([
    ['user:secret', undefined, 'MIXPANEL_PROJECT_ID, which it needs, is not'],
    ['user:secret', 'my-project', 'MIXPANEL_PROJECT_ID: expected the numeric project id'],
    ['user', '1', '4 characters without a colon'],
    [':secret', '1', 'a colon without a user before it'],
    ['user:', '1', 'a colon without a secret after it'],
    ['us er:secret', '1', '12 characters, among them spaces'],
  ])('%s in project %s is not replaced by the token', async (credentials, projectId, problem) => {
    const vendor = await startReceiver();
    given({
      ...{ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: vendor.url },
      ...{ MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId },
    });
    expect(initializeMixpanel()).toBeNull();
    trackEvent('logout', 'u1');
    await flushObservability();
    expect(vendor.requests).toEqual([]);
    expect(observabilityStats().analytics).toBe('off');
    expect(said()).toContain(problem);
    expect(said()).not.toContain('secret of a service account, got user');
  });

  it('keeps a shipper from starting as well', () => {
    given({
      ...{ MIXPANEL_TOKEN: 'test-token', OBSERVABILITY_REDIS_URL: 'redis://127.0.0.1:9' },
      ...{ MIXPANEL_SERVICE_ACCOUNT: 'user:secret' },
    });
    expect(() => startShipper()).toThrow(
      /cannot reach Mixpanel: MIXPANEL_SERVICE_ACCOUNT is set and MIXPANEL_PROJECT_ID/,
    );
  });
});

describe('a Redis', () => {
  it.each([
    ['127.0.0.1:6379', '14 characters that do not begin with redis://'],
    ['http://127.0.0.1:6379', 'a URL that begins with http://'],
    ['redis://:pass word@host', '23 characters, among them spaces'],
    ['redis://host:port', 'a URL that cannot be parsed'],
    ['redis://', 'a URL without a host'],
    ['redis://:password%zz@host', 'a URL whose password is not percent-encoded'],
  ])('at %s is not replaced by direct delivery', async (url, problem) => {
    const vendor = await startReceiver();
    given({ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: vendor.url, OBSERVABILITY_REDIS_URL: url });
    expect(initializeMixpanel()).toBeNull();
    trackEvent('logout', 'u1');
    await flushObservability();
    expect(vendor.requests).toEqual([]);
    expect(said()).toContain(`OBSERVABILITY_REDIS_URL: expected a URL such as redis://host:6379, got ${problem}`);
    expect(said()).not.toMatch(/pass ?word%?@|password%/);
  });
});

describe('the second destination', () => {
  it.each([
    ['analytics:3005', TOKEN, 'ANALYTICS_URL: expected the origin'],
    ['http://127.0.0.1:9,analytics', TOKEN, 'ANALYTICS_URL: expected the origin'],
    [
      'http://127.0.0.1:9',
      'short',
      'SERVICE_TOKEN: expected a random token of at least 32 characters, got 5 characters',
    ],
    ['http://127.0.0.1:9', undefined, 'SERVICE_TOKEN is not'],
  ])('ANALYTICS_URL=%s with SERVICE_TOKEN=%s is off', (url, serviceToken, problem) => {
    given({ ANALYTICS_URL: url, SERVICE_TOKEN: serviceToken });
    initializeMixpanel();
    expect(observabilityStats().analytics).toBe('off');
    expect(said()).toContain(problem);
  });
});

describe('a project token', () => {
  it.each([
    ['abc', '3 characters'],
    ['x'.repeat(65), '65 characters'],
    ['not a token', '11 characters, among them spaces'],
    ['tok\nen', '6 characters, among them line breaks'],
    ['"token"', '7 characters, among them quotes'],
    ['tökén', '5 characters, among them characters outside ASCII'],
    ['token!', '6 characters, among them punctuation'],
  ])('%j is refused as an argument and as a variable, and never shown', (token, wrong) => {
    given({ MIXPANEL_TOKEN: token });
    expect(initializeMixpanel()).toBeNull();
    given({ MIXPANEL_TOKEN: 'token-of-the-environment' });
    expect(initializeMixpanel(token, { transport: createMemoryTransport() })).toBeNull();
    expect(observabilityStats().analytics).toBe('off');
    const sentence = `expected a project token of 4 to 64 letters, digits, - and _, got ${wrong}.`;
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining(`MIXPANEL_TOKEN: ${sentence}`)],
      [expect.stringContaining(`initializeMixpanel: ${sentence}`)],
    ]);
    expect(said()).not.toContain(token);
  });

  it.each([42, {}, true, ['token'], Symbol('token')])('%s is refused', (token) => {
    given({ MIXPANEL_TOKEN: 'token-of-the-environment' });
    expect(initializeMixpanel(token as unknown as string)).toBeNull();
    expect(observabilityStats().analytics).toBe('off');
    expect(said()).toContain('initializeMixpanel: expected a project token');
  });

  it.each([undefined, null, '', ' '])('%j stands for that of the environment', (token) => {
    given({ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: 'http://127.0.0.1:9' });
    expect(initializeMixpanel(token as string, null as never)).not.toBeNull();
  });
});

describe('the hash key', () => {
  const request = { ip: '203.0.113.7', headers: {} };

  function start(key: string | undefined, mode = 'test') {
    given({ NODE_ENV: mode, PII_HASH_KEY: key });
    const transport = createMemoryTransport();
    initializeMixpanel('test-token', { transport });
    return transport;
  }

  async function sentHash(transport: ReturnType<typeof createMemoryTransport>): Promise<string> {
    identifyUser('u1', { $email: 'Joe@example.com' });
    await flushObservability();
    const [update] = transport.records('engage') as { $set: { email_hash: string } }[];
    return update?.$set.email_hash ?? '';
  }

  it.each([
    ['with a line break at its end', `${KEY}\n`, KEY],
    ['of 31 characters', KEY.slice(1), KEY.slice(1)],
  ])('%s is used trimmed, by every function', async (_what, variable, key) => {
    const transport = start(variable);
    const hash = createHmac('sha256', key).update('joe@example.com').digest('hex');
    expect(hashEmail(' joe@Example.com')).toBe(hash);
    expect(await sentHash(transport)).toBe(hash);
    const id = visitorId(request, 0);
    await closeObservability();
    start(key);
    expect(visitorId(request, 0)).toBe(id);
  });

  it('that is short is warned about outside production', () => {
    start(KEY.slice(1));
    expect(observabilityStats().analytics).toBe('on');
    expect(said()).toMatch(/PII_HASH_KEY has only 31 characters; production refuses fewer than 32/);
  });

  it.each(['production', 'Production', 'prod'])('that is short turns analytics off in %s, with one line', (mode) => {
    start(KEY.slice(1), mode);
    expect(observabilityStats().analytics).toBe('off');
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/PII_HASH_KEY: expected .* at least 32 characters, got 31 characters. Analytics are off/)],
    ]);
    // What a caller hashes for something else can be linked within this process only.
    const unkeyed = '2481f36dfc515ca76451aaadf1399026942a01ee50c6d0a61988b43cef039bc2';
    const weak = createHmac('sha256', KEY.slice(1)).update('joe@example.com').digest('hex');
    expect([unkeyed, weak]).not.toContain(hashEmail('joe@example.com'));
    expect(said()).not.toContain(KEY.slice(1));
  });

  it('may be used before analytics are on, and anything may be hashed', () => {
    given({ PII_HASH_KEY: `${KEY} ` });
    expect(hashEmail('joe@example.com')).toBe(createHmac('sha256', KEY).update('joe@example.com').digest('hex'));
    for (const value of [undefined, null, 42, {}]) expect(hashEmail(value as never)).toBe('');
    for (const value of [undefined, null]) expect(visitorId(value as never)).toBe('');
    for (const value of [{}, { ip: 1 }]) expect(visitorId(value as never)).toMatch(/^\$device:/);
  });
});

describe('errors and traces', () => {
  it.each([
    ['SENTRY_TRACES_SAMPLE_RATE', '10%'],
    ['SENTRY_TRACES_SAMPLE_RATE', '0,01'],
    ['SENTRY_ROUTE_SAMPLE_RATES', '/scan/:qrId=1%'],
  ])('are without traces when %s is %s', (name, value) => {
    given({ SENTRY_DSN: 'http://public@127.0.0.1:9/1', [name]: value });
    initializeSentry('test-service');
    expect(Sentry.getClient()?.getOptions().tracesSampler).toBeUndefined();
    expect(said()).toMatch(new RegExp(`${name}: expected .* No traces are recorded`));
    expect(observabilityStats().errors).toBe('on');
  });

  it('start with any name and options', () => {
    given({ SENTRY_DSN: 'http://public@127.0.0.1:9/1' });
    initializeSentry(undefined as never, undefined, null as never);
    expect(observabilityStats().errors).toBe('on');
    expect(captureException(new Error('x'))).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a server', () => {
  it.each([
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '1,2'],
    ['TRUST_PROXY', '10.0.0.0/99'],
    ['LOG_LEVEL', 'loud'],
  ])('starts when %s is %s, and says so', async (name, value) => {
    given({ [name]: value });
    const app = buildServer();
    await app.ready();
    await app.close();
    expect(said()).toContain(`${name}: expected`);
  });

  it.each(['10.0.0.0/8', 'loopback, 192.0.2.1', '::1', '2', 'true'])('trusts the proxies of %s', async (value) => {
    given({ TRUST_PROXY: value });
    const app = buildServer();
    await app.ready();
    await app.close();
    expect(said()).toBe('');
  });
});

it('says of every secret variable what is wrong with it, and shows none', () => {
  const wrong = { short: 'SECRET', spaced: 'SECRET of words' };
  const schema = Type.Object({
    JWT_SECRET: Type.String({ minLength: 32, expected: 'a random key of at least 32 characters', secret: true }),
    DATABASE_URL: Type.String({ pattern: '^postgres://', expected: 'a connection string', secret: true }),
    QUEUE_URL: Type.String({ pattern: '^amqp://', expected: 'an address', secret: true }),
  });
  const environment = {
    NODE_ENV: 'production',
    ...{ MIXPANEL_TOKEN: wrong.spaced, MIXPANEL_OAUTH_TOKEN: wrong.spaced, MIXPANEL_SERVICE_ACCOUNT: wrong.short },
    ...{ SENTRY_DSN: wrong.spaced, OBSERVABILITY_REDIS_URL: wrong.short, SERVICE_TOKEN: wrong.short },
    ...{ PII_HASH_KEY: wrong.short, JWT_SECRET: wrong.short, DATABASE_URL: wrong.spaced },
    QUEUE_URL: 'http://SECRET@host',
  };
  const load = () => loadConfig(schema, environment);
  expect(load).toThrow(/^(?!.*SECRET of)/s);
  for (const [name, complaint] of [
    ['MIXPANEL_TOKEN', '15 characters, among them spaces'],
    ['MIXPANEL_OAUTH_TOKEN', '15 characters, among them spaces'],
    ['MIXPANEL_SERVICE_ACCOUNT', '6 characters without a colon'],
    ['SENTRY_DSN', '15 characters, among them spaces'],
    ['OBSERVABILITY_REDIS_URL', '6 characters that do not begin with redis://'],
    ['SERVICE_TOKEN', '6 characters'],
    ['PII_HASH_KEY', '6 characters'],
    ['JWT_SECRET', '6 characters'],
    ['DATABASE_URL', '15 characters, among them spaces'],
    ['QUEUE_URL', '18 characters that begin with http://'],
  ]) {
    expect(load).toThrow(new RegExp(`${name}: expected .*, got ${complaint}\\.`));
  }
});
