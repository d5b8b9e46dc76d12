import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

/** The part of Sentry's API that an upload needs; it has all files already. */
async function startSentry() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const upload = {
      url: `http://${request.headers.host}/upload/`,
      chunkSize: 8_388_608,
      chunksPerRequest: 64,
      maxFileSize: 2_147_483_648,
      maxRequestSize: 33_554_432,
      concurrency: 1,
      hashAlgorithm: 'sha1',
      compression: ['gzip'],
      accept: ['debug_files', 'release_files', 'artifact_bundles', 'artifact_bundles_v2'],
    };
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      const isOptions = request.method === 'GET' && request.url?.includes('chunk-upload');
      response.end(JSON.stringify(isOptions ? upload : { state: 'ok', missingChunks: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('source maps go to Sentry under debug ids, and are not among what is served', async () => {
  const sentry = await startSentry();
  const folder = mkdtempSync(join(tmpdir(), 'web-maps-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outDir = join(folder, 'page');
  const variables = {
    PATH: process.env['PATH'],
    // Where the uploader remembers whom it has asked before.
    HOME: join(folder, 'home'),
    NODE_ENV: 'production',
    SENTRY_AUTH_TOKEN: 'token-of-the-test',
    SENTRY_ORG: 'acme',
    SENTRY_PROJECT: 'web',
    SENTRY_URL: sentry.url,
    WEB_OUT_DIR: outDir,
  };
  // As it is built for production: by the command, with nothing of the tests' around it.
  const vite = join(import.meta.dirname, '../../../node_modules/.bin/vite');
  await promisify(execFile)(vite, ['build', join(import.meta.dirname, '..'), '--logLevel', 'error'], {
    env: variables,
  });

  expect(sentry.requests).toContainEqual(expect.stringMatching(/assemble.* Bearer token-of-the-test$/));
  const files = readdirSync(outDir, { recursive: true }).map(String);
  expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
  const scripts = files.filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(3);
  for (const script of scripts) {
    const text = readFileSync(join(outDir, script), 'utf8');
    expect(text).toMatch(/_sentryDebugIds/);
    expect(text).not.toMatch(/sourceMappingURL=(?!data)/);
    expect(text).not.toContain('token-of-the-test');
  }
}, 60_000);
