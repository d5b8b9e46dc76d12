import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { copyTemplate } from '../packages/database/src/testing/template.ts';
import { startPlatform } from '../scripts/platform/platform.mjs';
import { checkPorts, wantedPorts } from '../scripts/platform/port-check.mjs';
import { freePorts, portsFrom } from '../scripts/platform/ports.mjs';

const repository = join(import.meta.dirname, '..');

function run(script: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../scripts', script), ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

async function optionsInNewFolder() {
  const dataDir = mkdtempSync(join(tmpdir(), 'qr-observability-start-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  copyTemplate(join(dataDir, 'postgres'));
  const secrets = {
    JWT_SECRET: 's'.repeat(32),
    PII_HASH_KEY: 'p'.repeat(32),
    SERVICE_TOKEN: 't'.repeat(32),
    EMBEDDED_DATABASE_PASSWORD: 'd'.repeat(32),
  };
  const lines: string[] = [];
  return {
    ports: await freePorts(),
    dataDir,
    webRoot: dataDir,
    secrets,
    lines,
    log: (line: string) => void lines.push(line),
  };
}

it('refuses a port base that is none, and says how it is used', async () => {
  const { code, output } = await run('start.mjs', '--port-base', 'many');
  expect(code).toBe(2);
  expect(output).toContain('--port-base must be a whole number from 1 to 63000, got "many".');
  expect(output).toContain('npm start -- --help');
});

it('names the process whose port is in use, and what to do', async () => {
  const options = await optionsInNewFolder();
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(options.ports.qr, '127.0.0.1', resolve));
  onTestFinished(() => void blocker.close());
  await expect(startPlatform(options)).rejects.toThrow(
    new RegExp(
      `^Port ${options.ports.qr} of qr-service is in use by node .*\\(pid ${process.pid}\\)\\.\\nStop what listens there, or use other ports: npm start -- --port-base \\d+$`,
    ),
  );
});

it('a service that cannot start is named with its reason, and the rest is ended', async () => {
  const options = await optionsInNewFolder();
  const starting = startPlatform({ ...options, secrets: { ...options.secrets, JWT_SECRET: 'short' } });
  await expect(starting).rejects.toThrow(
    /(auth|qr|microsite|analytics)-service ended with code 1[\s\S]*JWT_SECRET: expected a random key/,
  );
  await expect(fetch(`http://127.0.0.1:${options.ports.inbox}/health/live`)).rejects.toThrow();
});

it('a service that dies later is named, and everything can be ended', async () => {
  const options = await optionsInNewFolder();
  const platform = await startPlatform(options);
  const victim = platform.processes().find(({ name }) => name === 'routing-service');
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  expect(await platform.died).toContain('routing-service was ended by SIGKILL');
  await platform.stop();
  for (const port of Object.values(options.ports)) {
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
  }
});

it('runs in a terminal from the command line to Ctrl-C, and qr-obs finds it', { timeout: 300_000 }, async () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'qr-observability-start-')), 'data');
  onTestFinished(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));
  const base = await freeBase();
  // util-linux' `script` makes the terminal; Ctrl-C is typed into it.
  const command = `npm start -- --port-base ${base} --data-dir ${dataDir}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: repository,
    env: { ...accountless(), TERM: 'xterm' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const closed = once(child, 'close');
  const screen = () => stripVTControlCharacters(output).replaceAll('\r\n', '\n');
  await vi.waitFor(() => expect(output).toContain('Ctrl-C stops everything'), { timeout: 240_000, interval: 200 });
  for (const step of ['install', 'build', 'page', 'inbox', 'database', 'services'])
    expect(screen()).toMatch(new RegExp(`✓ ${step} +\\d+\\.\\d s`));
  expect(screen()).not.toMatch(/vite|PLUGIN_TIMINGS|"level":/i);
  const total = Number(/Ready in ([\d.]+) s/.exec(screen())?.[1]);
  const steps = [...screen().matchAll(/✓ (?:install|build|page|services) +([\d.]+) s/g)].map(([, s]) => Number(s));
  expect(total).toBeGreaterThanOrEqual(steps.reduce((sum, seconds) => sum + seconds, 0));

  expect((await fetch(`http://127.0.0.1:${base + 4}/scan/nope`)).status).toBe(404);
  await vi.waitFor(() => expect(screen()).toMatch(/routing-service {4}info {3}404 {2}GET \/scan\/nope {2}[\d.]+ ms/));

  const inbox = `http://127.0.0.1:${base + 1600}`;
  const doctor = spawnSync(
    process.execPath,
    [
      '--conditions=@qr/source',
      '--import',
      'tsx',
      'packages/ops/src/main.ts',
      'doctor',
      '--only',
      'inbox',
      '--only',
      'analytics',
    ],
    { cwd: repository, env: { ...accountless(), INBOX_URL: inbox }, encoding: 'utf8' },
  );
  expect(doctor.stdout).toMatch(
    new RegExp(`the inbox at ${inbox} stands in for the vendors, that of npm start \\(pid \\d+\\)`),
  );
  // With the addresses and the secrets of that platform.
  expect(doctor.stdout).toContain(`It answers at http://127.0.0.1:${base + 5} and takes the token.`);

  child.stdin.write('\u0003');
  await closed;
  expect(screen().split('\r').at(-1)?.trim()).toMatch(/^Stopped in [\d.]+ s\.$/m);
  expect(screen()).not.toMatch(/\n\s+at |npm error/);
  await expect(fetch(`${inbox}/health/live`)).rejects.toThrow();
});

/** A base of which every port is free; below the ports of outgoing connections. */
async function freeBase(): Promise<number> {
  for (let base = 12_000 + ((process.pid * 8) % 15_000); ; base += 8) {
    const isFree = await checkPorts(wantedPorts(portsFrom(base))).then(
      () => true,
      () => false,
    );
    if (isFree) return base;
  }
}

/** The environment of a person without accounts. */
function accountless(): NodeJS.ProcessEnv {
  const names =
    /^(MIXPANEL|SENTRY|OBSERVABILITY|DATABASE|INBOX|ANALYTICS|npm|NO_COLOR|FORCE_COLOR|CI$|NODE_ENV|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}
