import { Child } from '../platform/child.mjs';
import { platformProcesses } from '../platform/processes.mjs';

/** @typedef {import('../platform/processes.mjs').PlatformOptions} PlatformOptions */

const READY_TIMEOUT_MS = 60_000;
/** More than a service's own limit with draining, so that it can deliver what it holds. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * One process of the cluster, whatever has become of it.
 * @typedef {object} Member
 * @property {string} name
 * @property {() => number | undefined} pid
 * @property {() => void} kill at once, as a crash or a machine that goes away does
 * @property {() => Promise<void>} stop in order, as a deploy does
 * @property {() => Promise<void>} start a new process in its place; resolves when it can serve
 */

/**
 * @typedef {object} RunningCluster
 * @property {readonly Member[]} members
 * @property {Promise<string>} died resolves with a message when a process ends that was not told to
 * @property {() => Promise<void>} stopServices ends all but the inbox, which then has everything
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the platform with several instances of some services, and waits until all can serve. An aborted `signal` ends what was started so far
 * and rejects; an aborted `killSignal` ends everything at once.
 * @param {PlatformOptions & { log: import('../platform/child.mjs').Log, signal?: AbortSignal, killSignal?: AbortSignal, step?: (name: string, work: () => Promise<unknown>) => Promise<unknown> }} options
 * @returns {Promise<RunningCluster>}
 */
export async function startCluster(options) {
  const groups = platformProcesses(options);
  /** @type {(message: string) => void} */
  let reportDeath = () => {};
  /** @type {Promise<string>} */
  const died = new Promise((resolve) => {
    reportDeath = resolve;
  });
  const started = groups.map((group) => group.map((spec) => createMember(spec, options.log, reportDeath)));
  const stopGroup = (/** @type {Member[]} */ group) => Promise.all(group.map((member) => member.stop()));
  const { step = (_, work) => work() } = options;
  options.killSignal?.addEventListener('abort', () => {
    for (const member of started.flat()) member.kill();
  });
  try {
    const aborted = new Promise((_, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('Stopped before everything was ready.')));
    });
    for (const group of started) {
      const name = group === started[0] ? 'inbox' : 'services';
      await Promise.race([step(name, () => Promise.all(group.map((member) => member.start()))), aborted]);
    }
  } catch (error) {
    for (const group of started.toReversed()) await stopGroup(group);
    throw error;
  }
  return {
    members: started.flat(),
    died,
    stopServices: async () => {
      await stopGroup(started.slice(1).flat());
    },
    stop: async () => {
      // Services first: what they still hold must find the inbox alive.
      for (const group of started.toReversed()) await stopGroup(group);
    },
  };
}

/**
 * @param {import('../platform/child.mjs').ChildSpec} spec
 * @param {import('../platform/child.mjs').Log} log
 * @param {(message: string) => void} onDeath
 * @returns {Member}
 */
function createMember(spec, log, onDeath) {
  /** @type {Child | undefined} */
  let child;
  return {
    name: spec.name,
    pid: () => child?.pid,
    kill: () => child?.kill(),
    stop: async () => child?.stop(STOP_TIMEOUT_MS),
    async start() {
      await child?.stop(STOP_TIMEOUT_MS);
      child = new Child(spec, log, onDeath);
      await child.ready(READY_TIMEOUT_MS);
    },
  };
}
