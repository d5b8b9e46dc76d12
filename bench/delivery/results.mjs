import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { figuresOf, IN_REQUEST } from './figures.mjs';
import { libraryPath } from './library-path.mjs';

const path = join(import.meta.dirname, '../results/delivery.json');

/** What was measured before; each scenario is replaced when it is run again. */
export function readScenarios() {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).scenarios;
  } catch {
    return {};
  }
}

/** Writes everything measured so far; every scenario says where and when it was. */
export function writeScenarios(scenarios) {
  mkdirSync(dirname(path), { recursive: true });
  const figuresInRequest = figuresOf(scenarios, IN_REQUEST);
  const result = { figures: figuresOf(scenarios), figuresInRequest, ...circumstances(), scenarios };
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

/** Commit, time and machine. */
export function circumstances() {
  const git = (...args) => execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', 'HEAD'),
    hasUncommittedChanges: git('status', '--porcelain') !== '',
    library: process.env.QR_COMMON_DIST ?? 'packages/common/dist/index.js',
    build: buildOf(dirname(libraryPath)),
    time: new Date().toISOString(),
    machine: {
      cpu: cpus()[0].model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
      node: process.version,
      loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
    },
  };
}

/** A fingerprint of the measured code, as the commit does not know of uncommitted changes. */
function buildOf(folder) {
  const hash = createHash('sha256');
  const scripts = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  for (const name of scripts.toSorted()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}
