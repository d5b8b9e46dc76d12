import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { closeObservability, flushObservability, forgetUser, initializeMixpanel } from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';

/** The vendor's two hosts in one: keeps every request, answers a deletion as the reference documents it. */
async function startVendor() {
  const requests: { url: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
    const isDeletion = request.url?.startsWith('/api/app/data-deletions/');
    response.end(isDeletion ? '{"status":"ok","results":{"task_id":"1234567890"}}' : '1');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

it('asks the vendor for the deletion, and keeps the number under which it is carried out', async () => {
  const { requests, url } = await startVendor();
  const folder = mkdtempSync(join(tmpdir(), 'forget-'));
  const restore = setEnv({
    MIXPANEL_API_HOST: url,
    MIXPANEL_APP_HOST: url,
    MIXPANEL_OAUTH_TOKEN: 'oauth-token',
    OBSERVABILITY_SPOOL_DIR: folder,
  });
  initializeMixpanel('test-token');
  onTestFinished(async () => {
    await closeObservability();
    restore();
    rmSync(folder, { recursive: true, force: true });
  });
  forgetUser('u1');
  await flushObservability();
  const deletion = requests.find((request) => request.url.startsWith('/api/app'));
  expect(deletion).toEqual({
    url: '/api/app/data-deletions/v3.0/?token=test-token',
    authorization: 'Bearer oauth-token',
    body: JSON.stringify({ distinct_ids: ['u1'], compliance_type: 'GDPR' }),
  });
  const numbers = () => readFileSync(join(folder, 'deletions.ndjson'), 'utf8');
  await expect.poll(numbers).toContain('"trackingId":"1234567890"');
  expect(numbers()).not.toContain('u1');
});
