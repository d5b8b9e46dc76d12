import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'packages/inbox/dist/page');

async function buildPage(): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'scripts/platform/build-part.mjs'), 'inbox-page']);
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
}

/** The page and the assets it names, as a browser would ask for them. */
function readPage(): string[] {
  const html = readFileSync(join(page, 'index.html'), 'utf8');
  const assets = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
  return [html, ...assets.map((path) => readFileSync(join(page, path), 'utf8'))];
}

it('keeps the page of a running inbox whole while it is built again', async () => {
  await buildPage();
  const before = readPage();
  expect(before.length).toBeGreaterThan(2);
  let isDone = false;
  const building = buildPage().finally(() => {
    isDone = true;
  });
  let reads = 0;
  for (; !isDone; reads++) {
    expect(readPage()).toEqual(before);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await building;
  expect(reads).toBeGreaterThan(100);
  expect(readPage()).toEqual(before);
});
