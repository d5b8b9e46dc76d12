import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';

it('a server survives seconds without a file descriptor, and goes on to serve and to deliver', async () => {
  const inbox = await startInbox();
  const folder = mkdtempSync(join(tmpdir(), 'descriptors-'));
  const script = join(import.meta.dirname, 'descriptors-process.ts');
  const command = `ulimit -n 256; exec "${process.execPath}" --import tsx --conditions=@qr/source "${script}"`;
  const child = spawn('sh', ['-c', command], {
    env: {
      ...process.env,
      ...{ NODE_ENV: 'development', LOG_LEVEL: 'silent', OBSERVABILITY_SPOOL_DIR: folder },
      ...{ MIXPANEL_TOKEN: 'test-token', MIXPANEL_API_HOST: inbox.url, SENTRY_DSN: inbox.dsn('1') },
      SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await inbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const exited = once(child, 'exit').then(([code]) => `ended with ${code}`);
  const line = once(createInterface({ input: child.stdout }), 'line').then(String);
  const port = await Promise.race([line, exited]);
  expect(port).toMatch(/^\d+$/);
  const response = await fetch(`http://127.0.0.1:${port}/x`);
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  child.kill('SIGTERM');
  expect(await exited).toBe('ended with 0');
  expect(inbox.errors()).toHaveLength(30);
});
