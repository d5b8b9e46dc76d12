import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { printable } from '../cli/terminal.mjs';
import { DEFAULT_PORT_BASE, obstacleOf, PORT_BASE_RANGE, portsFrom, processNameOf } from './ports.mjs';

/** @typedef {import('./running.mjs').RunningPlatform} RunningPlatform */

/**
 * A port, and the process of the platform that wants it.
 * @typedef {object} WantedPort
 * @property {string} name
 * @property {number} port
 */

/** Ports that browsers and `fetch` refuse to ask, above those of the system. https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697],
  10_080,
]);

/** How far apart the bases are that are tried as a way out. */
const BASE_STEP = 100;

/** A port that the platform needs cannot be had. */
class PortError extends Error {}

/**
 * Every port of a platform.
 * @param {import('./ports.mjs').Ports} ports
 * @param {{ hasDatabase?: boolean }} [options] whether the embedded database is started
 * @returns {WantedPort[]}
 */
export function wantedPorts(ports, { hasDatabase = true } = {}) {
  const names = /** @type {import('./ports.mjs').PortName[]} */ (Object.keys(ports));
  return names
    .filter((name) => hasDatabase || name !== 'database')
    .map((name) => ({ name: processNameOf(name), port: ports[name] }));
}

/**
 * Makes sure that every port can be listened on.
 * @param {readonly WantedPort[]} wanted
 * @param {{ command?: string, platforms?: readonly RunningPlatform[] }} [options] the command line to which `--port-base` can be added, and the platforms that run
 * @throws {PortError} that names each port, what wants it, who holds it, and what to do
 */
export async function checkPorts(wanted, { command = 'npm start', platforms = [] } = {}) {
  // One that is still building holds none of its ports yet.
  const claimed = new Set(platforms.flatMap(({ ports }) => ports));
  const found = await Promise.all(
    wanted.map(async (each) => ({
      ...each,
      obstacle: claimed.has(each.port) ? 'EADDRINUSE' : await problemOf(each.port),
    })),
  );
  const taken = found.filter(({ obstacle }) => obstacle !== undefined);
  if (taken.length === 0) return;
  const lines = taken.map(({ name, port, obstacle = '' }) => sentenceOf(name, port, obstacle, platforms));
  const isHeld = taken.some(({ obstacle }) => obstacle === 'EADDRINUSE');
  const base = await freeBase(wanted, claimed);
  const advice =
    base === undefined ? 'choose other ports with --port-base N' : `use other ports: ${command} -- --port-base ${base}`;
  throw new PortError([...lines, isHeld ? `Stop what listens there, or ${advice}` : `Please ${advice}`].join('\n'));
}

/** @param {number} port */
async function problemOf(port) {
  return BLOCKED.has(port) ? 'blocked' : obstacleOf(port);
}

/** @param {string} name @param {number} port @param {string} obstacle @param {readonly RunningPlatform[]} platforms */
function sentenceOf(name, port, obstacle, platforms) {
  if (obstacle === 'blocked') return `Port ${port} of ${name} cannot be used: browsers refuse it.`;
  if (obstacle === 'EACCES') return `Port ${port} of ${name} cannot be used: this user may not open it.`;
  if (obstacle !== 'EADDRINUSE') return `Port ${port} of ${name} cannot be used: ${obstacle}.`;
  const platform = platforms.find(({ ports }) => ports.includes(port));
  const holder = platform ? `${platform.command} (pid ${platform.pid})` : holderOf(port)?.description;
  return `Port ${port} of ${name} is in use${holder ? ` by ${holder}` : ''}.`;
}

/** The next base of which every port is free. @param {readonly WantedPort[]} wanted @param {ReadonlySet<number>} claimed */
async function freeBase(wanted, claimed) {
  const base = Math.min(...wanted.map(({ port }) => port));
  const first = Math.max(DEFAULT_PORT_BASE, base);
  for (let next = first + BASE_STEP; next <= Math.min(PORT_BASE_RANGE[1], first + 20 * BASE_STEP); next += BASE_STEP) {
    const ports = Object.values(portsFrom(next));
    if (ports.some((port) => claimed.has(port))) continue;
    const problems = await Promise.all(ports.map(problemOf));
    if (problems.every((problem) => problem === undefined)) return next;
  }
  return undefined;
}

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
