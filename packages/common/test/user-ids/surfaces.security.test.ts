import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  closeObservability,
  flushObservability,
  type InitializeMixpanelOptions,
  initializeMixpanel,
  initializeSentry,
} from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { buildServer, createSessions } from '../../src/server.ts';
import { startRawReceiver } from '../canary/receiver.ts';
import { found } from '../canary/search.ts';
import { setEnv } from '../start-observed.ts';
import { logUser, type Surface, surfaces, surfacesOfOriginalMerge } from './surfaces.ts';

const KEY = 'k'.repeat(32);
const hashOf = (address: string) => createHmac('sha256', KEY).update(address).digest('hex');
const addressOf = (name: string) => `jane-${name.replace(/[^a-z]+/gi, '-').toLowerCase()}@private.example`;
/** A spelling for each surface, in turn. */
const SPELLINGS: readonly ((address: string) => string)[] = [
  (address) => address,
  (address) => address.toUpperCase(),
  (address) => ` ${address} `,
  (address) => `mailto:${address}`,
  (address) => encodeURIComponent(address),
];
const spelled = (name: string, index: number) => SPELLINGS[index % SPELLINGS.length]?.(addressOf(name)) ?? '';

/** Calls every surface with an address of its own; returns what was sent, and what was written to the console. */
async function runAll(
  calls: Readonly<Record<string, Surface>>,
  env: Readonly<Record<string, string | undefined>> = {},
  options: InitializeMixpanelOptions = {},
) {
  const receiver = await startRawReceiver('takes');
  const restore = setEnv({
    NODE_ENV: 'test',
    SENTRY_DSN: `${receiver.url.replace('://', '://abcdef0123456789abcdef0123456789@')}/42`,
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    MIXPANEL_API_HOST: receiver.url,
    MIXPANEL_TOKEN: 'test-token',
    PII_HASH_KEY: KEY,
    OBSERVABILITY_PLAIN_USER_IDS: undefined,
    ...env,
  });
  core.warnOnce.reset();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  warn.mockClear();
  try {
    initializeSentry('test-service');
    initializeMixpanel(undefined, options);
    for (const [index, [name, call]] of Object.entries(calls).entries()) call(spelled(name, index));
    await flushObservability(20_000);
    await closeObservability(5000);
  } finally {
    restore();
    await receiver.close();
  }
  return { sent: receiver.bytes(), said: warn.mock.calls.map(([message]) => String(message)) };
}

const addressesIn = (sent: readonly Buffer[], calls: object) =>
  Object.keys(calls).filter((name) => found(sent, [addressOf(name)]).length > 0);
const hashesIn = (sent: readonly Buffer[], calls: object) =>
  Object.keys(calls).filter((name) => found(sent, [hashOf(addressOf(name))]).length > 0);

describe('an e-mail address as an id', () => {
  let run: Awaited<ReturnType<typeof runAll>>;
  beforeAll(async () => {
    run = await runAll(surfaces);
  }, 120_000);

  it('leaves by no function', () => {
    expect(addressesIn(run.sent, surfaces)).toEqual([]);
  });

  it('leaves as one hash by every function', () => {
    expect(hashesIn(run.sent, surfaces)).toEqual(Object.keys(surfaces));
  });

  it('is warned of once, without the address', () => {
    const warnings = run.said.filter((line) => line.includes('plainUserIds'));
    expect(warnings).toHaveLength(1);
    expect(found([Buffer.from(run.said.join('\n'))], ['private.example'])).toEqual([]);
  });
});

describe.each<[string, InitializeMixpanelOptions]>([
  ['dropped', {}],
  ['passed', { mixpanelUnplanned: 'pass' }],
])('with the original id merge and unplanned events %s', (_policy, options) => {
  it('is hashed in aliases and merges', async () => {
    const { sent } = await runAll(surfacesOfOriginalMerge, {}, { ...options, idMerge: 'original' });
    expect(addressesIn(sent, surfacesOfOriginalMerge)).toEqual([]);
    const { $identify, $merge, '$identify by $anon_id': byDevice, ...planned } = surfacesOfOriginalMerge;
    const expected = options.mixpanelUnplanned === 'pass' ? surfacesOfOriginalMerge : planned;
    expect(hashesIn(sent, surfacesOfOriginalMerge)).toEqual(Object.keys(expected));
  }, 60_000);
});

describe('plainUserIds', () => {
  const { 'groups.set with an address as key': _key, ...ids } = surfaces;

  it.each<[string, object, InitializeMixpanelOptions]>([
    ['the variable', { OBSERVABILITY_PLAIN_USER_IDS: 'true' }, {}],
    ['the option', {}, { plainUserIds: true }],
  ])(
    'sends addresses as they are with %s',
    async (_what, env, options) => {
      const { sent, said } = await runAll(ids, { ...env }, options);
      expect(addressesIn(sent, ids)).toEqual(Object.keys(ids));
      expect(hashesIn(sent, ids)).toEqual([]);
      expect(said.filter((line) => line.includes('plainUserIds'))).toEqual([]);
    },
    120_000,
  );

  it('sends no address when the variable is malformed', async () => {
    const { sent, said } = await runAll(ids, { OBSERVABILITY_PLAIN_USER_IDS: 'yes' });
    expect(addressesIn(sent, ids)).toEqual([]);
    expect(said.join('\n')).toContain('OBSERVABILITY_PLAIN_USER_IDS: expected true or false, got "yes"');
  }, 120_000);
});

describe('in a server', () => {
  const restore = setEnv({ NODE_ENV: 'test', PII_HASH_KEY: KEY });
  afterAll(restore);
  const jane = 'jane@private.example';

  it('is the hash in lines of the log', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const lines: string[] = [];
    const app = buildServer({ logger: { stream: { write: (line) => void lines.push(line) } } });
    onTestFinished(() => app.close());
    await logUser(app, jane);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toContain(jane);
      expect(line).toContain(hashOf(jane));
    }
  });

  it('stays the id of the session, for the services that read it', async () => {
    const sessions = createSessions({ secret: 's'.repeat(32), secureCookies: false });
    const app = buildServer({ logger: false });
    onTestFinished(() => app.close());
    await app.register(sessions.plugin);
    app.post('/in', async (_request, reply) => {
      sessions.issue(reply, { userId: jane, plan: 'free' });
      return {};
    });
    app.get('/who', async (request) => sessions.require(request));
    const [cookie] = (await app.inject({ method: 'POST', url: '/in' })).cookies;
    const answer = await app.inject({ url: '/who', cookies: { session: cookie?.value ?? '' } });
    expect(answer.json()).toEqual({ userId: jane, plan: 'free' });
  });
});
