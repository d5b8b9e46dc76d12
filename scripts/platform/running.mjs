import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A platform that runs, as `qr-obs` and `inbox:tail` read it.
 * @typedef {object} RunningPlatform
 * @property {number} pid of the command that started it
 * @property {string} [startTime] of that process, as the system counts it: another process may get the same number later
 * @property {string} command `npm start`
 * @property {string} startedAt ISO 8601
 * @property {string} dataDir
 * @property {number[]} ports
 * @property {Record<string, string>} variables where its parts answer, as the environment of a service names them
 */

/**
 * Writes down that a platform runs, until the returned function is called.
 * @param {string} root of the checkout
 * @param {Omit<RunningPlatform, 'pid' | 'startTime' | 'startedAt'>} platform
 * @returns {() => void}
 */
export function recordPlatform(root, platform) {
  const folder = folderOf(root);
  const file = join(folder, `${process.pid}.json`);
  const startTime = startTimeOf(process.pid);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  /** @type {RunningPlatform} */
  const record = {
    pid: process.pid,
    ...(startTime !== undefined && { startTime }),
    startedAt: new Date().toISOString(),
    ...platform,
  };
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The platforms of a checkout that run; what dead ones left is removed. @param {string} root @returns {RunningPlatform[]} */
export function runningPlatforms(root) {
  const folder = folderOf(root);
  return namesIn(folder).flatMap((name) => {
    const record = read(join(folder, name));
    if (record && isAlive(record)) return [record];
    rmSync(join(folder, name), { force: true });
    return [];
  });
}

/** @param {string} root */
function folderOf(root) {
  return join(root, '.data/platforms');
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** @param {string} file @returns {RunningPlatform | undefined} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {RunningPlatform} record */
function isAlive({ pid, startTime }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, and runs.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startTime === undefined || startTime === startTimeOf(pid);
}

/** Linux only: clock ticks from the boot to the start of a process. @param {number} pid */
function startTimeOf(pid) {
  try {
    // The name of the program, in parentheses, may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // It has ended, and nobody has asked how.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
