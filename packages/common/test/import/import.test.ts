import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInbox } from '@qr/inbox';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const script = join(import.meta.dirname, 'serve.ts');
const fromSource = ['--import', 'tsx', '--conditions=@qr/source'];

const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Starts a service and expects that its server reports to the telemetry of the main entry. */
async function expectServed(...args: readonly string[]): Promise<void> {
  const inbox = await startInbox();
  onTestFinished(() => inbox.close());
  const env = { ...process.env, SENTRY_DSN: inbox.dsn('1'), NODE_ENV: 'test' };
  const { stdout } = await run(process.execPath, args, { cwd: root, env });
  const { errorId, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ statusCode: 500, errors: 'on' });
  await inbox.waitFor(() => inbox.errors().length === 2, 20_000);
  expect(inbox.errors().map(({ eventId }) => eventId)).toContain(errorId);
}

describe('buildServer of the main entry', { timeout: 120_000 }, () => {
  it('loads the server at the first call, from source', () => expectServed(...fromSource, script));

  it.each(['esm', 'cjs'] as const)('and from a bundle of the format %s', async (format) => {
    // Not in `dist`, of which another test makes a package.
    const outfile = join(root, `.data/bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
    onTestFinished(() => rmSync(outfile, { force: true }));
    await build({
      ...{ entryPoints: [script], outfile, format, bundle: true, platform: 'node', conditions: ['@qr/source'] },
      // The second reads files that are beside it.
      external: ['@sentry/*', '@fastify/swagger-ui'],
      // As bundles of Node's ESM need it for every CommonJS package.
      ...(format === 'esm' && { banner: { js: REQUIRE } }),
      logOverride: { 'empty-import-meta': 'silent' },
    });
    await expectServed(outfile);
  });
});

it('the main entry loads no server, queue, database of countries, profiler, HTTP client or SDK of Mixpanel', async () => {
  const args = [...fromSource, '--import', join(import.meta.dirname, 'record-modules.mjs')];
  const { stderr } = await run(process.execPath, [...args, '--input-type=module', '-e', "await import('@qr/common')"], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const packages = new Set(
    [...stderr.matchAll(/^loaded .*\/node_modules\/((?:@[^/]+\/)?[^/\n]+)\//gm)].map(([, name]) => name),
  );
  expect(packages).toContain('@sentry/node');
  const heavy = /^(?:fastify|@fastify\/.*|bullmq|ioredis|mmdb-lib|bowser|@sentry\/profiling-node|undici|mixpanel)$/;
  expect([...packages].filter((name) => heavy.test(String(name)))).toEqual([]);
  expect(stderr).not.toMatch(/^loaded .*\/packages\/server\/src\/build-server/m);
});
