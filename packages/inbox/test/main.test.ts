import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { envelope } from './requests.ts';
import { inboxesForTests } from './with-inbox.ts';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');
const children: ChildProcess[] = [];
const start = inboxesForTests();

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly exit: Promise<unknown[]>;
}

function run(env: Record<string, string>, more: readonly string[] = []): Run {
  const args = ['--conditions=@qr/source', '--import', 'tsx', MAIN, ...more];
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], ...env }, stdio: 'pipe' });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return { child, output: () => output, exit: once(child, 'close') };
}

describe('the inbox as a process', { timeout: 30_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where it listens, and ends cleanly on %s', async (signal) => {
    const { child, output, exit } = run({ INBOX_PORT: '0' });
    while (!output().includes('\n')) await once(child.stdout ?? child, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  });

  it('merges as MIXPANEL_ID_MERGE says', async () => {
    const { child, output } = run({ INBOX_PORT: '0', MIXPANEL_ID_MERGE: 'original' });
    while (!output().includes('\n')) await once(child.stdout ?? child, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    const properties = { token: 't', distinct_id: 'u', alias: 'a' };
    await fetch(`${url}/track`, {
      method: 'POST',
      body: JSON.stringify([{ event: '$create_alias', properties }]),
    });
    expect(await (await fetch(`${url}/api/person?id=a`)).json()).toMatchObject({ id: 'u' });
  });

  it.each(['--root', 'INBOX_ROOT'])('opens files below %s in the editor of OBSERVABILITY_EDITOR', async (way) => {
    const root = join(import.meta.dirname, '..');
    const env = { INBOX_PORT: '0', OBSERVABILITY_EDITOR: 'zed' };
    const { child, output } = way === '--root' ? run(env, ['--root', root]) : run({ ...env, INBOX_ROOT: root });
    while (!output().includes('\n')) await once(child.stdout ?? child, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0] ?? '';
    const frame = { filename: 'src/main.ts', lineno: 3, colno: 1 };
    const event = { exception: { values: [{ type: 'E', stacktrace: { frames: [frame] } }] } };
    const body = envelope({ type: 'event' }, event, { event_id: 'a'.repeat(32) });
    await fetch(`${url}/api/1/envelope/?sentry_key=public&sentry_version=7`, { method: 'POST', body });
    expect(await (await fetch(`${url}/api/errors/${'a'.repeat(32)}`)).json()).toMatchObject({
      exceptions: [{ frames: [{ editorUrl: `zed://file${root}/src/main.ts:3:1` }] }],
    });
  });

  it('takes plan, rules and services from the nearest observability.config', async () => {
    const root = mkdtempSync(join(tmpdir(), 'inbox-config-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const plan = {
      events: {
        book_sold: { description: 'A book was sold.', surfaces: [], destinations: [], schema: { properties: {} } },
      },
      profile: { properties: {} },
    };
    const services = [{ name: 'books-service', port: 1 }];
    writeFileSync(join(root, 'observability.config.json'), JSON.stringify({ plan, services, alertRules: [] }));
    mkdirSync(join(root, 'deep'));
    const { child, output } = run({ INBOX_PORT: '0' }, ['--root', join(root, 'deep')]);
    while (!output().includes('\n')) await once(child.stdout ?? child, 'data');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0];
    const read = async (path: string) => (await fetch(`${url}${path}`)).json();
    expect(await read('/api/plan')).toMatchObject({ hasPlan: true, planned: [{ name: 'book_sold' }] });
    expect(await read('/api/delivery')).toEqual({
      services: [{ name: 'books-service', failure: 'cannot be reached' }],
    });
  });

  it('says what is wrong in the config, and exits with 1', async () => {
    const root = mkdtempSync(join(tmpdir(), 'inbox-config-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const file = join(root, 'config.json');
    writeFileSync(file, '{ "services": [{ "name": "books-service" }] }');
    const { output, exit } = run({ INBOX_PORT: '0' }, ['--config', file]);
    expect(await exit).toEqual([1, null]);
    expect(output()).toBe(`${file} cannot be used. The observability config is not valid:
- services[0].port must be a port number from 1 to 65535, got undefined.
`);
  });

  it('names the editors that it knows when OBSERVABILITY_EDITOR is none of them, and exits with 1', async () => {
    const { output, exit } = run({ INBOX_PORT: '0', OBSERVABILITY_EDITOR: 'notepad' });
    expect(await exit).toEqual([1, null]);
    expect(output()).toContain('OBSERVABILITY_EDITOR must be vscode, ');
  });

  it('says in one sentence that its port is taken, and exits with 1', async () => {
    const { port } = await start();
    const { output, exit } = run({ INBOX_PORT: String(port) });
    expect(await exit).toEqual([1, null]);
    expect(output().trim()).toBe(
      `Port in use: address already in use 127.0.0.1:${port}. Stop the other inbox, or set INBOX_PORT to a free port.`,
    );
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['in production', { NODE_ENV: 'production' }, /^The inbox does not start with NODE_ENV=production/],
    ['with an identity system that is none', { MIXPANEL_ID_MERGE: 'new' }, /^MIXPANEL_ID_MERGE must be .* got "new"/],
    ['on a port that is none', { INBOX_PORT: 'http' }, /^INBOX_PORT must be a port number .* got "http"/],
  ])('does not start %s, and says why', async (_where, env, message) => {
    const { output, exit } = run(env);
    expect(await exit).toEqual([1, null]);
    expect(output()).toMatch(message);
  });
});
