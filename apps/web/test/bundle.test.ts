import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { earlyErrorsCspSource } from '@qr/browser/vite';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

/** gzip, in kB of 1000 bytes. React, its router and the query library are 108 of it; measured 122 for the first load, 47 and 37 for the SDKs. */
const BUDGET_KB = { first: 130, sentry: 55, mixpanel: 40 };

const scripts = new Map<string, string>();
let folder: string;
let page: string;

beforeAll(async () => {
  // Vitest's own `test` would bundle React's development build.
  vi.stubEnv('NODE_ENV', 'production');
  folder = await mkdtemp(join(tmpdir(), 'web-bundle-'));
  await build({
    configFile: join(import.meta.dirname, '../vite.config.ts'),
    envDir: false,
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
  });
  page = await readFile(join(folder, 'index.html'), 'utf8');
  for (const file of await readdir(join(folder, 'assets'))) {
    if (file.endsWith('.js')) scripts.set(file, await readFile(join(folder, 'assets', file), 'utf8'));
  }
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function script(name: string): string {
  const found = [...scripts].find(([file]) => file.startsWith(`${name}-`));
  if (!found) throw new Error(`no chunk is called ${name}; there are ${[...scripts.keys()].join(', ')}`);
  return found[1];
}

/** A chunk and all that it imports at once. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = scripts.get(file) ?? '';
  for (const [, imported = ''] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) withImports(imported, found);
  return found;
}

function firstLoad(): string[] {
  const entry = /<script type="module"[^>]*src="\/assets\/([^"]+)"/.exec(page)?.[1];
  if (entry === undefined) throw new Error('the page names no script');
  return [...withImports(entry)];
}

const kilobytes = (text: string) => gzipSync(text).length / 1000;

describe('the bundle', () => {
  it('holds nothing of the server half', async () => {
    const maps = (await readdir(join(folder, 'assets'))).filter((file) => file.endsWith('.map'));
    const sources = await Promise.all(
      maps.map(async (file) => JSON.parse(await readFile(join(folder, 'assets', file), 'utf8')).sources as string[]),
    );
    const foreign = /node_modules\/(@sentry\/node|mixpanel\/|fastify|undici|typebox)|common\/src\/(?!shared\/)/;
    expect(sources.flat().length).toBeGreaterThan(100);
    expect(sources.flat().filter((source) => foreign.test(source))).toEqual([]);
    for (const text of scripts.values()) expect(text).not.toMatch(/["'`]node:[a-z]|@sentry\/node/);
  });

  it('has neither SDK in the first load', () => {
    const first = firstLoad()
      .map((file) => scripts.get(file))
      .join('\n');
    expect(first).not.toMatch(/sentry\.javascript|mp_lib|\$insert_id|api-js\.mixpanel/);
    expect(script('sentry')).toContain('sentry.javascript');
    expect(script('mixpanel')).toContain('$insert_id');
    expect(page).not.toMatch(/sentry-|mixpanel-/);
  });

  it('has the session recorder in a chunk of its own, which nothing fetches without consent', () => {
    const withRecorder = [...scripts].filter(([, text]) => text.includes('rrweb')).map(([file]) => file);
    expect(withRecorder).toEqual([expect.stringMatching(/^replay-/)]);
    expect(page).not.toContain('replay-');
  });

  it('has no debug page unless it is asked for', () => {
    expect([...scripts.keys()].filter((file) => file.startsWith('debug-page'))).toEqual([]);
    for (const text of scripts.values()) expect(text).not.toContain('Crash this page');
  });

  it('stays within its budget', () => {
    const measured = {
      first: firstLoad().reduce((sum, file) => sum + kilobytes(scripts.get(file) ?? ''), 0),
      sentry: kilobytes(script('sentry')),
      mixpanel: kilobytes(script('mixpanel')),
    };
    expect(measured.first).toBeLessThan(BUDGET_KB.first);
    expect(measured.sentry).toBeLessThan(BUDGET_KB.sentry);
    expect(measured.mixpanel).toBeLessThan(BUDGET_KB.mixpanel);
  });

  it('has no chart and no rarely seen page in the first load, and asks for all of that at once', () => {
    const first = firstLoad();
    expect(first.filter((file) => /^(?:code-page|create-qr-form|microsite|account)/.test(file))).toEqual([]);
    for (const file of first) expect(page).toContain(`/assets/${file}"`);
  });

  it('has a page whose one inline script is the listener for the first errors, before every other, as the content security policy asks', () => {
    const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)].map(([, text]) => text);
    expect(inline).toHaveLength(1);
    const hash = createHash('sha256')
      .update(inline[0] ?? '')
      .digest('base64');
    expect(earlyErrorsCspSource).toBe(`'sha256-${hash}'`);
    expect(page.indexOf('<script>')).toBe(page.indexOf('<script'));
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  });
});
