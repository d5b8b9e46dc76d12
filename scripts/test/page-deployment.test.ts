import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { portsFrom } from '../platform/ports.mjs';
import { pageVariables, platformProcesses } from '../platform/processes.mjs';

const root = join(import.meta.dirname, '../..');
const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

/** What the scripts of the page name, built by the command as for production, with nothing of the tests' around it. */
async function builtWith(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<{ environment: string | undefined; release: string | undefined }> {
  const outDir = mkdtempSync(join(tmpdir(), 'web-deployment-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    VITE_SENTRY_DSN: 'http://page@127.0.0.1:9/2',
    WEB_OUT_DIR: outDir,
    ...variables,
  };
  const args = ['build', join(root, 'apps/web'), '--logLevel', 'error'];
  await promisify(execFile)(join(root, 'node_modules/.bin/vite'), args, { env, cwd: tmpdir() });
  const files = readdirSync(join(outDir, 'assets')).filter((name) => name.endsWith('.js'));
  const scripts = files.map((name) => readFileSync(join(outDir, 'assets', name), 'utf8')).join('\n');
  const named = (key: string) => scripts.match(new RegExp(`=\\w+\\.${key}\\|\\|["'\`]([^"'\`]+)["'\`]`))?.[1];
  return { environment: named('environment'), release: named('release') };
}

describe('the errors of the page', () => {
  it('name the environment and the release that the services of the platform name', async () => {
    const ports = portsFrom(3000);
    const services = platformProcesses({ ports, dataDir: '/data', webRoot: '/page', secrets: {} })
      .flat()
      .filter(({ name }) => name.endsWith('-service') || name === 'web');
    expect(services).toHaveLength(6);
    for (const { env } of services)
      expect(env).toMatchObject({ SENTRY_ENVIRONMENT: 'development', SENTRY_RELEASE: head });
    expect(await builtWith(pageVariables(ports))).toEqual({ environment: 'development', release: head });
  }, 120_000);

  it('name the variables of the services, and in a build without any the mode and the commit of the checkout', async () => {
    const named = { SENTRY_ENVIRONMENT: 'staging', SENTRY_RELEASE: 'qr@7' };
    expect(await builtWith(named)).toEqual({ environment: 'staging', release: 'qr@7' });
    const unnamed = { SENTRY_ENVIRONMENT: '', VITE_SENTRY_ENVIRONMENT: '', VITE_SENTRY_RELEASE: '' };
    expect(await builtWith(unnamed)).toEqual({ environment: 'production', release: head });
  }, 120_000);

  it('name what the page has of its own', async () => {
    const own = {
      SENTRY_ENVIRONMENT: 'staging',
      SENTRY_RELEASE: 'qr@7',
      VITE_SENTRY_ENVIRONMENT: 'preview',
      VITE_SENTRY_RELEASE: 'page@8',
    };
    expect(await builtWith(own)).toEqual({ environment: 'preview', release: 'page@8' });
  }, 120_000);
});
