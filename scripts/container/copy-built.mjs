import { cpSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { neededBy } from './install.mjs';

const root = join(import.meta.dirname, '../..');
/** What a workspace runs from, beside its package.json. */
const PARTS = ['dist', 'migrations'];
/** What no process reads. */
const NOT_NEEDED = /\.(map|d\.ts|tsbuildinfo)$/;

const folders = process.argv.slice(2);
const target = folders.pop();
if (folders.length === 0 || !target) {
  console.error('Usage: node scripts/container/copy-built.mjs <workspace folder> ... <folder>');
  process.exit(2);
}
for (const { folder: path } of neededBy(root, ...folders)) {
  if (!existsSync(join(root, path, 'dist'))) {
    console.error(`${path} is not built: run npm run build first.`);
    process.exit(1);
  }
  for (const part of PARTS) {
    const from = join(root, path, part);
    if (!existsSync(from)) continue;
    cpSync(from, join(resolve(target), path, part), {
      recursive: true,
      filter: (source) => !NOT_NEEDED.test(source),
    });
  }
}
