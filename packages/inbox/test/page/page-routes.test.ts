import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { goodEvent, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

async function folderWithPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>built</title>');
  await writeFile(join(folder, 'assets/index-abc.js'), '1');
  return folder;
}

describe('the addresses of the page', () => {
  it('say how to build it when it is not built, while everything else works', async () => {
    const inbox = await start({ page: '/nowhere' });
    const response = await fetch(`${inbox.url}/`);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
    expect((await post(inbox, '/import', [goodEvent()])).status).toBe(200);
    expect(inbox.events()).toHaveLength(1);
  });

  it.each(['/', '/user', '/issues', '/traces', '/insights', '/funnels', '/retention', '/delivery', '/plan'])(
    'answer the page at %s, whatever the query',
    async (path) => {
      const inbox = await start({ page: await folderWithPage() });
      const response = await fetch(`${inbox.url}${path}?id=a%2Fb`);
      expect(await response.text()).toBe('<title>built</title>');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('let a browser keep what has a hash in its name, and lead nowhere else', async () => {
    const inbox = await start({ page: await folderWithPage() });
    const asset = await fetch(`${inbox.url}/assets/index-abc.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${inbox.url}/assets/..%2f..%2fetc%2fpasswd`)).status).toBe(404);
    expect((await fetch(`${inbox.url}/nothing`)).status).toBe(404);
  });
});
