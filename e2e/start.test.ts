import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { copyTemplate } from '../packages/database/src/testing/template.ts';
import { startPlatform } from '../scripts/platform/platform.mjs';
import { freePorts } from '../scripts/platform/ports.mjs';

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
