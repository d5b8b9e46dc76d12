// Runs one benchmark by name, or all: every folder here that has an index.mjs. Each is a process of its own, saves its
// result in results/, and exits with another code than 0 when its figures do not count.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../scripts/cli/options.mjs';

const here = import.meta.dirname;
const available = readdirSync(here).filter((name) => existsSync(join(here, name, 'index.mjs')));
const { words: wanted } = readOptions({
  name: 'npm run bench',
  about: 'Runs benchmarks, all of them unless some are named. Each saves its result in bench/results.',
  words: { name: 'benchmark', choices: available, about: available.join(', ') },
});

for (const name of wanted.length > 0 ? wanted : available) {
  const folder = join(here, name);
  console.log(`\n${name}`);
  // Rivals are installed where they are measured, and nowhere else.
  const isInstalled = !existsSync(join(folder, 'package.json')) || existsSync(join(folder, 'node_modules'));
  if (!isInstalled) run('npm', ['ci', '--no-audit', '--no-fund'], folder);
  run(process.execPath, ['index.mjs'], folder);
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
