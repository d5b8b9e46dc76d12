import './cli/node-version.mjs';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from './cli/options.mjs';
import { runningPlatforms } from './platform/running.mjs';

readOptions({
  name: 'npm run reset',
  about:
    'Removes .data: accounts, codes, development secrets and everything in the inbox. Refuses while a platform runs on it.',
});
const root = join(import.meta.dirname, '..');
const data = join(root, '.data');
const running = runningPlatforms(root);
if (running.length > 0) {
  const names = running.map(({ command, pid }) => `${command} (pid ${pid})`).join(' and ');
  console.error(`.data is in use by ${names}. Stop ${running.length === 1 ? 'it' : 'them'} first.`);
  process.exit(1);
}
rmSync(data, { recursive: true, force: true });
console.log('Removed .data: accounts, codes, development secrets and everything in the inbox.');
