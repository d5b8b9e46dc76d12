import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Inbox, startInbox } from '@qr/inbox';
import { beforeEach, describe, expect, it } from 'vitest';

const MAIN = `import { captureException, closeObservability, initializeMixpanel, initializeSentry, trackEvent } from '@qr/common';
initializeSentry('acme');
initializeMixpanel();
captureException(new Error('the application failed'));
trackEvent('dashboard_viewed', 'user-1', { total_qrs: 3 });
await closeObservability();`;
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const repository = join(import.meta.dirname, '../../..');

let inbox: Inbox;
/** Creates an application that has the library in its node_modules. */
let app: string;
beforeEach(async () => {
  inbox = await startInbox();
  app = mkdtempSync(join(tmpdir(), 'qr-app-'));
  mkdirSync(join(app, 'node_modules/@qr'), { recursive: true });
  symlinkSync(join(repository, 'packages/common'), join(app, 'node_modules/@qr/common'));
  writeFileSync(join(app, 'package.json'), '{"name":"acme","type":"module"}');
  writeFileSync(join(app, 'main.js'), MAIN);
  return async () => {
    await inbox.close();
    rmSync(app, { recursive: true, force: true });
  };
});

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
    cwd: app,
    encoding: 'utf8',
  }).trim();
}

function commit(): string {
  git('init', '--quiet');
  git('add', 'main.js', 'package.json');
  git('commit', '--quiet', '-m', 'x');
  return git('rev-parse', 'HEAD');
}

/** Runs the application to its end. @param cwd where it is started; the library's own checkout must not matter. */
async function run(env: Readonly<Record<string, string>> = {}, cwd = repository) {
  const child = spawn(process.execPath, ['--import', tsx, '--conditions=@qr/source', join(app, 'main.js')], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      NODE_ENV: 'development',
      SENTRY_DSN: inbox.dsn('1'),
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: inbox.url,
      OBSERVABILITY_SPOOL_DIR: join(app, 'spool'),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let notices = '';
  child.stderr.on('data', (chunk) => {
    notices += String(chunk);
  });
  expect(await once(child, 'exit')).toEqual([0, null]);
  const [error] = inbox.errors();
  const [event] = inbox.events();
  return { error: error?.event['release'], event: event?.properties['release'], notices };
}

describe('the release of an application', () => {
  it('is its own commit, wherever it is started', async () => {
    const known = commit();
    expect(await run()).toEqual({ error: known, event: known, notices: '' });
  });

  it('is that of its worktree when no branch is checked out', async () => {
    const known = commit();
    const main = app;
    app = `${main}-tree`;
    execFileSync('git', ['worktree', 'add', '--quiet', '--detach', app], { cwd: main });
    symlinkSync(join(main, 'node_modules'), join(app, 'node_modules'));
    expect(await run({}, app)).toMatchObject({ error: known, event: known });
    rmSync(main, { recursive: true, force: true });
  });

  it('is none without git, never that of the library, and one notice says what to set', async () => {
    const { error, event, notices } = await run();
    expect([error, event]).toEqual([undefined, undefined]);
    expect(notices.match(/^\[observability\] .*$/gm)).toEqual([
      '[observability] The release is unknown: SENTRY_RELEASE is not set and the application is in no git checkout. Errors and events carry no release.',
    ]);
  });

  it('is what SENTRY_RELEASE says', async () => {
    commit();
    const named = { error: 'acme@1.2.3', event: 'acme@1.2.3', notices: '' };
    expect(await run({ SENTRY_RELEASE: 'acme@1.2.3', RENDER_GIT_COMMIT: 'f00' })).toEqual(named);
  });

  it('is the commit that a host names in its own variable', async () => {
    expect(await run({ RENDER_GIT_COMMIT: 'f00d' })).toEqual({ error: 'f00d', event: 'f00d', notices: '' });
  });

  it.each([
    ['with a slash', 'a/b'],
    ['that is a keyword', 'latest'],
    ['that is too long', 'v'.repeat(201)],
  ])('is no name %s, which Sentry would refuse', async (_, name) => {
    const known = commit();
    const { error, event, notices } = await run({ SENTRY_RELEASE: name });
    expect([error, event]).toEqual([known, known]);
    expect(notices).toContain('[observability] SENTRY_RELEASE: expected a release name');
  });
});
