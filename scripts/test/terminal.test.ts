import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runningPlatforms } from '../../packages/inbox/src/platforms/running-platforms.ts';
import { freePorts } from '../platform/ports.mjs';

const fixture = join(import.meta.dirname, 'fixtures/session.mjs');
const CTRL_C = '\u0003';

interface Settings {
  readonly root?: string;
  readonly port: number;
  readonly buildMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'qr-observability-terminal-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Runs the fixture; in a terminal of its own, made by util-linux' `script`, or with pipes. */
function start(kind: 'terminal' | 'pipes', { root = makeRoot(), port, buildMs = 0, env }: Settings) {
  const command = [process.execPath, fixture, root, String(port), String(buildMs)];
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...outside } = process.env;
  const options = { env: { ...outside, TERM: 'xterm-256color', ...env } };
  const child =
    kind === 'pipes'
      ? spawn(command[0] ?? '', command.slice(1), options)
      : spawn('script', ['-qec', `exec ${command.map((word) => `'${word}'`).join(' ')}`, '/dev/null'], options);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const closed = once(child, 'close');
  return {
    root,
    child,
    output: () => output,
    /** What is left on the screen: of a line that is written over, its last state. */
    screen: () =>
      output
        .replaceAll('\r\n', '\n')
        .split('\n')
        .map((line) => stripVTControlCharacters(line.split('\r').at(-1) ?? '').trimEnd())
        .join('\n'),
    until: (text: string) => vi.waitFor(() => expect(output).toContain(text), { timeout: 20_000, interval: 20 }),
    press: (keys: string) => void child.stdin.write(keys),
    exit: async () => (await closed) as [code: number | null, signal: NodeJS.Signals | null],
  };
}

const aPort = async () => (await freePorts()).qr;

describe('a terminal', () => {
  it('shows a line a step with its time, the time of the whole, and requests in one aligned line each', async () => {
    const port = await aPort();
    const { until, screen, output, press, exit, root } = start('terminal', { port, buildMs: 250 });
    await until('Ctrl-C stops everything');
    expect(screen()).toMatch(
      /^ {2}✓ build {6}\s+0\.[2-9] s\n {2}✓ services\s+\d+\.\d s\n\nReady in \d+\.\d s\. Ctrl-C stops everything\.\n\n {2}the app/,
    );
    // What runs is shown, and for how long.
    expect(stripVTControlCharacters(output())).toMatch(/… build\s+0\.1 s/);
    expect(screen()).not.toContain('Server listening');

    await fetch(`http://127.0.0.1:${port}/scan/abc`);
    await fetch(`http://127.0.0.1:${port}/broken`);
    await until('500');
    const lines = screen()
      .split('\n')
      .filter((line) => /^\d\d:/.test(line));
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}qr-service {9}info {3}200 {2}GET \/scan\/abc {2}4\.3 ms$/);
    expect(lines[1]).toMatch(
      /^\d\d:\d\d:\d\d {2}qr-service {9}error {2}request failed {2}GET \/broken {2}Error: No such code {2}errorId=e1$/,
    );
    expect(lines[2]).toMatch(/^\d\d:\d\d:\d\d {2}qr-service {9}info {3}500 {2}GET \/broken {2}4\.3 ms$/);
    expect(screen()).toMatch(/\n {10}at .*fixtures\/service\.mjs:\d+:\d+/);
    expect(screen()).not.toMatch(/incoming request|node:http/);
    expect(output()).toContain('\u001b[32m');

    press(CTRL_C);
    expect(await exit(), screen()).toEqual([0, null]);
    const end = screen()
      .split('\n')
      .slice(
        screen()
          .split('\n')
          .findIndex((line) => line.includes('500  GET')) + 1,
      );
    expect(end.filter(Boolean)).toEqual([expect.stringMatching(/^Stopped in \d+\.\d s\.$/)]);
    expect(readdirSync(join(root, '.data/platforms'))).toEqual([]);
  });

  it('shows no colours with NO_COLOR', async () => {
    const port = await aPort();
    const { until, output, press, exit } = start('terminal', { port, env: { NO_COLOR: '1' } });
    await until('Ctrl-C stops everything');
    await fetch(`http://127.0.0.1:${port}/scan/abc`);
    await until('GET /scan/abc');
    press(CTRL_C);
    await exit();
    expect(output().replaceAll('\u001b[K', '')).not.toContain('\u001b[');
  });

  it('ends with one line, and as interrupted, when Ctrl-C comes while it builds', async () => {
    const { until, screen, press, exit } = start('terminal', { port: await aPort(), buildMs: 1000 });
    await until('build');
    press(CTRL_C);
    expect(await exit(), screen()).toEqual([130, null]);
    expect(screen().trim()).toBe('Stopped before everything was ready.');
  });

  it('kills what does not end, at the second Ctrl-C', async () => {
    const port = await aPort();
    const { until, screen, press, exit } = start('terminal', { port, env: { STUBBORN: '1' } });
    await until('Ctrl-C stops everything');
    press(CTRL_C);
    await until('Stopping');
    await new Promise((resolve) => setTimeout(resolve, 700));
    press(CTRL_C);
    expect(await exit(), screen()).toEqual([130, null]);
    expect(screen()).toContain('Killed.');
    await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow());
  });

  it('names a service that dies, after its last lines, and ends with 1', async () => {
    const { until, screen, exit } = start('terminal', { port: await aPort() });
    await until('Ctrl-C stops everything');
    process.kill(Number(/pid (\d+)/.exec(screen())?.[1]), 'SIGKILL');
    expect(await exit(), screen()).toEqual([1, null]);
    expect(screen()).toMatch(/^qr-service was ended by SIGKILL\.$/m);
  });
});

describe('pipes', () => {
  it('get plain step lines, and each line of a service as JSON with its name', async () => {
    const port = await aPort();
    const { until, output, child, exit } = start('pipes', { port });
    await until('Ctrl-C stops everything');
    expect(output()).toMatch(/^ {2}✓ build\s+\d\.\d s\n/);
    await fetch(`http://127.0.0.1:${port}/scan/abc`);
    await until('request completed');
    const entries = output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    expect(entries.at(-1)).toMatchObject({
      service: 'qr-service',
      level: 30,
      msg: 'request completed',
      responseTime: 4.25,
    });
    expect(output()).not.toContain('\u001b');
    child.kill('SIGTERM');
    expect(await exit()).toEqual([0, null]);
    expect(output()).toMatch(/Stopped in \d+\.\d s\.\n$/);
  });

  it('stop the platform when their reader has gone', async () => {
    const port = await aPort();
    const { until, child } = start('pipes', { port });
    await until('Ctrl-C stops everything');
    child.stdout.destroy();
    await fetch(`http://127.0.0.1:${port}/scan/abc`).catch(() => undefined);
    await once(child, 'exit');
    await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow());
  });
});

describe('a second platform', () => {
  it('is told within a second who holds its port, before anything is built', async () => {
    const port = await aPort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const startedAt = performance.now();
    const { exit, output } = start('pipes', { port, buildMs: 5000 });
    expect(await exit()).toEqual([1, null]);
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(output()).toContain(`Port ${port} of qr-service is in use by node`);
    expect(output()).toContain(`(pid ${process.pid})`);
    expect(output()).toMatch(/use other ports: npm start -- --port-base \d+\n/);
    expect(output()).not.toContain('build');
  });

  it('sees a server that listens on IPv6 only', async () => {
    const port = await aPort();
    const server = createServer().listen({ port, host: '::1' });
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { exit, output } = start('pipes', { port });
    expect(await exit()).toEqual([1, null]);
    expect(output()).toContain(`Port ${port} of qr-service is in use`);
  });

  it('is refused a port that browsers do not ask', async () => {
    const { exit, output } = start('pipes', { port: 6000 });
    expect(await exit()).toEqual([1, null]);
    expect(output()).toContain('Port 6000 of qr-service cannot be used: browsers refuse it.');
  });

  it('is refused the data, and the ports, of one that runs', async () => {
    const port = await aPort();
    const first = start('pipes', { port });
    await first.until('Ctrl-C stops everything');
    const [file = ''] = readdirSync(join(first.root, '.data/platforms'));
    const record = JSON.parse(readFileSync(join(first.root, '.data/platforms', file), 'utf8'));
    expect(record).toMatchObject({ pid: first.child.pid, command: 'npm start', ports: [port] });
    // As qr-obs and inbox:tail read it.
    expect(runningPlatforms(first.root)).toMatchObject([
      { pid: first.child.pid, command: 'npm start', variables: { INBOX_URL: `http://127.0.0.1:${port}` } },
    ]);

    const second = start('pipes', { root: first.root, port: await aPort() });
    expect(await second.exit()).toEqual([1, null]);
    expect(second.output()).toContain(`npm start already runs on the data in .data (pid ${first.child.pid})`);
    expect(second.output()).toContain('npm start -- --port-base 4000 --data-dir .data/second');
    first.child.kill('SIGINT');
    await first.exit();
  });

  it('takes over from one that was killed', async () => {
    const port = await aPort();
    const root = makeRoot();
    mkdirSync(join(root, '.data/platforms'), { recursive: true });
    const stale = join(root, '.data/platforms/4194305.json');
    writeFileSync(
      stale,
      JSON.stringify({ pid: 4_194_305, dataDir: join(root, '.data'), ports: [port], variables: {} }),
    );
    const { until, child, exit } = start('pipes', { root, port });
    await until('Ctrl-C stops everything');
    expect(existsSync(stale)).toBe(false);
    child.kill('SIGINT');
    expect(await exit()).toEqual([0, null]);
  });
});
