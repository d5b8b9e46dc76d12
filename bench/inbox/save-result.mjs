import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../results');

/** Writes what was measured to results/<name>.json, with the commit, the time and the machine. */
export function saveResult(name, measured) {
  const git = (...args) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  const result = {
    name,
    commit: git('rev-parse', 'HEAD'),
    /** Files that differ from that commit: with none, the figures are those of the commit. */
    changedFiles: git('status', '--porcelain', '--', '../../packages/inbox', '.').split('\n').filter(Boolean).length,
    time: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), node: process.version },
    ...measured,
  };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
