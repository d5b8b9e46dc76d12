import './cli/node-version.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { config } from './platform/config.mjs';
import { generatedFiles } from './platform/generated.mjs';

const root = join(import.meta.dirname, '..');
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

for (const { path, content } of generatedFiles(config, { read, exists: (path) => existsSync(join(root, path)) })) {
  if (read(path) === content) continue;
  writeFileSync(join(root, path), content);
  console.log(`wrote ${path}`);
}
