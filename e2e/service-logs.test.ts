import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyTemplate } from '../packages/database/src/testing/template.ts';
import { config } from '../scripts/platform/config.mjs';
import { startPlatform } from '../scripts/platform/platform.mjs';
import { freePorts, shortName } from '../scripts/platform/ports.mjs';

const ports = await freePorts();
const secret = 't'.repeat(32);
const lines: string[] = [];
let folder: string;
let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qr-observability-logs-'));
  copyTemplate(join(folder, 'postgres'));
  platform = await startPlatform({
    ports,
    dataDir: folder,
    webRoot: folder,
    secrets: { JWT_SECRET: 's'.repeat(32), PII_HASH_KEY: 'p'.repeat(32), SERVICE_TOKEN: secret },
    env: {
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'leaking-routes.mjs')).href}`,
    },
    log: (line, name) => lines.push(`[${name}] ${line}`),
  });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const servers: readonly (readonly [name: string, port: number])[] = [
  ...config.services.map(({ name }) => [name, ports[shortName(name)]] as const),
  ['web', ports.web],
];
const outputOf = (name: string) => lines.filter((line) => line.startsWith(`[${name}] `)).join('\n');

describe.each(servers)('what %s prints', (name, port) => {
  it('holds no secret, whatever is logged, thrown or left uncaught', async () => {
    const headers = {
      authorization: 'Bearer canary-authorization-value',
      cookie: 'session=canary-session-value',
      'x-api-key': 'canary-key-value',
    };
    const ask = async (path: string) => fetch(`http://127.0.0.1:${port}${path}?token=canary-query-value`, { headers });
    expect((await ask('/leak/log')).status).toBe(200);
    const thrown = await ask('/leak/throw');
    expect(thrown.status).toBe(500);
    expect(await thrown.text()).not.toMatch(/canary/);
    expect((await ask('/leak/crash')).status).toBe(200);
    await expect.poll(() => outputOf(name), { timeout: 20_000 }).toContain('closing after an uncaught error');
    const output = outputOf(name);
    expect(output).toContain('control-line');
    expect(output).toContain('request failed');
    expect(output.match(/canary-\w+-value/g) ?? []).toEqual([]);
    expect(output).not.toContain(secret);
  });
});
