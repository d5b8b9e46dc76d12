import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { printable } from '../cli/colors.mjs';

const LISTENING = '0A';
const LSOF_TIMEOUT_MS = 500;

/**
 * The process that listens on a port, where the system says so: `node dist/main.js in /srv/app (pid 123)`.
 * @param {number} port
 * @returns {{ pid: number, description: string } | undefined}
 */
export function holderOf(port) {
  return process.platform === 'linux' ? holderOnLinux(port) : holderByLsof(port);
}

/** @param {number} port */
function holderOnLinux(port) {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listenersIn(`/proc/net/${table}`, port)));
  const pid = inodes.size === 0 ? undefined : processesOf().find((candidate) => holdsOne(candidate, inodes));
  return pid === undefined ? undefined : { pid, description: describe(pid) };
}

/** The inodes of the sockets that listen on a port. @param {string} table @param {number} port */
function listenersIn(table, port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return attempt(() => readFileSync(table, 'utf8'), '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', , state, , , , , , inode]) =>
      state === LISTENING && local.endsWith(`:${hex}`) && inode ? [inode] : [],
    );
}

function processesOf() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Other users' processes do not show what they hold. @param {number} pid @param {ReadonlySet<string>} inodes */
function holdsOne(pid, inodes) {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).some((name) => {
    const [, inode = ''] = /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`${folder}/${name}`), '')) ?? [];
    return inodes.has(inode);
  });
}

/** The program and its script, but no other argument: those may be secret. @param {number} pid */
function describe(pid) {
  const [program = '', ...args] = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '').split('\0');
  const script = args.find((arg) => /\.[cm]?[jt]sx?$|\.py$|\.rb$|\.jar$/.test(arg) && !arg.startsWith('--'));
  const folder = attempt(() => readlinkSync(`/proc/${pid}/cwd`), '');
  const words = [basename(program) || 'a process', script, folder && `in ${folder}`].filter(Boolean).join(' ');
  return `${printable(words)} (pid ${pid})`;
}

/** @param {number} port */
function holderByLsof(port) {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    encoding: 'utf8',
    timeout: LSOF_TIMEOUT_MS,
  });
  const [, pid, program = ''] = /^p(\d+)\nc(.*)$/m.exec(stdout ?? '') ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), description: `${printable(program)} (pid ${pid})` };
}

/** @template Result @param {() => Result} read @param {Result} otherwise */
function attempt(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
