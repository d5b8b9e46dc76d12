import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DIST = join(import.meta.dirname, '../../packages/inbox/dist/main.js');
/** As `npm start` gives it one. */
const CONFIG = join(import.meta.dirname, '../../observability/dist/observability.config.js');

/** Linux counts CPU time in these. */
const TICKS_PER_SECOND = 100;

/** True when processes can be kept on a core each; without that the figures are of as many cores as Node takes. */
export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** The command that runs Node on one core. */
export function nodeOn(core, ...args) {
  return canPin ? ['taskset', ['-c', String(core), process.execPath, ...args]] : [process.execPath, args];
}

/** Starts the built inbox on core 0, with a data file as `npm start` gives it one. */
export async function startInboxProcess() {
  const folder = mkdtempSync(join(tmpdir(), 'inbox-bench-'));
  const [command, args] = nodeOn(0, DIST, '--config', CONFIG);
  const env = { PATH: process.env.PATH, INBOX_PORT: '0', INBOX_DATA_FILE: join(folder, 'inbox.ndjson') };
  // taskset replaces itself by Node: the process id is that of the inbox.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  while (!output.includes('\n')) output += String((await once(child.stdout, 'data'))[0]);
  return {
    url: /http:\/\/\S+/.exec(output)[0],
    memory: () => memoryOf(child.pid),
    cpuSeconds: () => cpuSecondsOf(child.pid),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
  return { rssBytes: bytes('VmRSS'), peakRssBytes: bytes('VmHWM') };
}

function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces: fields are counted from after it, where user and system time are 11 and 12.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
