import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { readSurroundings } from '../../src/cli/environment.ts';
import type { Report } from '../../src/doctor/commands.ts';
import { makeRoot, runDoctor } from './run-doctor.ts';

const repository = join(import.meta.dirname, '../../../..');
/** Above every process id that a system gives by default. */
const DEAD_PID = 4_194_305;

function put(root: string, path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

const tokenOf = (name: string) => `token of ${name} ${'x'.repeat(32)}`;

interface Given {
  readonly command: string;
  readonly inbox: string;
  readonly pid?: number;
  readonly startTime?: string;
  readonly startedAt?: string;
}

/** Puts down what a platform puts down while it runs. */
function record(
  root: string,
  name: string,
  { command, inbox, startedAt = '2026-11-20T12:00:00.000Z', ...rest }: Given,
): void {
  const dataDir = join(root, `.data/${name}`);
  put(root, `.data/${name}/secrets.json`, JSON.stringify({ SERVICE_TOKEN: tokenOf(name) }));
  const variables = {
    INBOX_URL: inbox,
    ANALYTICS_URL: 'http://127.0.0.1:42005',
    OBSERVABILITY_SPOOL_DIR: join(dataDir, 'spool'),
  };
  put(
    root,
    `.data/platforms/${name}.json`,
    JSON.stringify({ pid: process.pid, command, startedAt, dataDir, variables, ...rest }),
  );
}

it('finds the platform that runs, wherever its ports are', async () => {
  const inbox = await startInbox();
  onTestFinished(() => inbox.close());
  const root = makeRoot();
  record(root, 'one', { command: 'npm start', inbox: inbox.url });
  const surroundings = readSurroundings(root, {});
  expect(surroundings.env).toMatchObject({
    INBOX_URL: inbox.url,
    SENTRY_DSN: `${inbox.url.replace('://', '://server@')}/1`,
    ANALYTICS_URL: 'http://127.0.0.1:42005',
    SERVICE_TOKEN: tokenOf('one'),
    OBSERVABILITY_SPOOL_DIR: join(root, '.data/one/spool'),
  });
  const { out, notes } = await runDoctor(['--only', 'inbox'], { ...surroundings, root });
  expect(out).toContain(`the inbox at ${inbox.url} stands in for the vendors, that of npm start (pid ${process.pid}).`);
  expect(out).toContain(`It answers at ${inbox.url}`);
  expect(notes).toBe('');
});

it('says which of two platforms it looks at, and takes the other for its inbox', async () => {
  const root = makeRoot();
  record(root, 'one', { command: 'npm start', inbox: 'http://127.0.0.1:43600', startedAt: '2026-11-20T12:00:00.000Z' });
  record(root, 'two', {
    command: 'npm run cluster',
    inbox: 'http://127.0.0.1:43700',
    startedAt: '2026-11-20T13:00:00.000Z',
  });
  const latest = readSurroundings(root, {});
  expect(latest.env).toMatchObject({ INBOX_URL: 'http://127.0.0.1:43700', SERVICE_TOKEN: tokenOf('two') });
  const { notes } = await runDoctor(['--only', 'spelling'], { ...latest, root });
  expect(notes).toBe(
    [
      '2 platforms run:',
      `  npm run cluster (pid ${process.pid}, inbox http://127.0.0.1:43700)`,
      `  npm start (pid ${process.pid}, inbox http://127.0.0.1:43600)`,
      'This is about the first; for another one set INBOX_URL to its inbox.',
    ].join('\n'),
  );
  const other = readSurroundings(root, { INBOX_URL: 'http://127.0.0.1:43600/' });
  expect(other.env).toMatchObject({ INBOX_URL: 'http://127.0.0.1:43600', SERVICE_TOKEN: tokenOf('one') });
});

it('passes over what a dead platform, or another process of its number, left', () => {
  const root = makeRoot();
  record(root, 'dead', { command: 'npm start', inbox: 'http://127.0.0.1:43600', pid: DEAD_PID });
  record(root, 'reused', { command: 'npm start', inbox: 'http://127.0.0.1:43700', startTime: '1' });
  put(root, '.data/platforms/broken.json', '{');
  const { env, platforms } = readSurroundings(root, {});
  expect(platforms).toEqual([]);
  expect(env['INBOX_URL']).toBe('http://127.0.0.1:4600');
});

it('leaves a real account alone', () => {
  const root = makeRoot();
  record(root, 'one', { command: 'npm start', inbox: 'http://127.0.0.1:43600' });
  const { env } = readSurroundings(root, { MIXPANEL_TOKEN: 'token-of-project-1' });
  expect(env).toEqual({ MIXPANEL_TOKEN: 'token-of-project-1' });
});

it('sees slips in .env and in the environment behind the local inbox, and prints no value', async () => {
  const root = makeRoot();
  put(root, '.env.example', 'MIXPANEL_TOKEN=\nSENTRY_DSN=\nSENTRY_ORG=\nLOG_LEVEL=\n');
  put(root, '.env', 'MIXPANEL_TOKN=value-in-the-file\n');
  const surroundings = readSurroundings(root, {
    SENTRY_DNS: 'value-in-the-shell',
    loglevel: 'value-in-lower-case',
    EDITOR: 'vi',
  });
  const { out } = await runDoctor(['--only', 'spelling', '--json'], { ...surroundings, root });
  expect((JSON.parse(out) as Report).checks[0]).toMatchObject({
    status: 'warning',
    says: [
      'Nothing reads MIXPANEL_TOKN (in .env). Did you mean MIXPANEL_TOKEN? It is not set.',
      'Nothing reads SENTRY_DNS (in the environment). Did you mean SENTRY_DSN? It is not set.',
      'Nothing reads loglevel (in the environment). Did you mean LOG_LEVEL? It is not set.',
    ].join('\n'),
  });
  expect(out).not.toContain('value-in');
});

it('sees slips as a program as well', () => {
  const { MIXPANEL_TOKEN: _token, SENTRY_DSN: _dsn, ...outside } = process.env;
  const program = join(repository, 'packages/ops/src/main.ts');
  const { stdout } = spawnSync(
    process.execPath,
    ['--conditions=@qr/source', '--import', 'tsx', program, 'doctor', '--only', 'spelling'],
    {
      cwd: repository,
      env: { ...outside, MIXPANEL_TOKN: 'a-token-of-nobody', SENTRY_DNS: 'http://a-key@b/1' },
      encoding: 'utf8',
    },
  );
  expect(stdout).toContain('Nothing reads MIXPANEL_TOKN (in the environment). Did you mean MIXPANEL_TOKEN?');
  expect(stdout).toContain('Nothing reads SENTRY_DNS (in the environment). Did you mean SENTRY_DSN?');
  expect(stdout).not.toMatch(/a-token|a-key/);
});

it('says with --verbose why a check was skipped', async () => {
  const { out } = await runDoctor(['--offline', '--verbose'], { env: { MIXPANEL_TOKEN: 'token-of-project-1' } });
  expect(out).toContain('- production      NODE_ENV is development');
  expect(out).not.toContain('- skipped');
});
