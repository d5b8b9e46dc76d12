import { chmodSync, mkdirSync } from 'node:fs';
import { Child } from './child.mjs';
import { checkPorts, wantedPorts } from './port-check.mjs';
import { platformProcesses } from './processes.mjs';

/** @typedef {import('./processes.mjs').PlatformOptions} PlatformOptions */

/** The embedded database makes its files at the first start. */
const READY_TIMEOUT_MS = 60_000;
/** More than a service's own limit, so that it can deliver what it holds. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * @typedef {object} Platform
 * @property {() => Promise<void>} stopServices ends the services and the page's server, which deliver what they hold; the inbox stays
 * @property {() => Promise<void>} stop ends everything, in order; a second call waits for the first
 * @property {() => void} kill ends everything at once
 * @property {Promise<string>} died resolves with a message when a process ends by itself
 * @property {() => { name: string, pid: number | undefined }[]} processes
 */

/**
 * Starts the inbox, the database, the services and the page's server, and waits until all of them answer.
 * An aborted `signal` ends what was started so far and rejects. `step` is called with what is waited for: each process of the storage by
 * itself, then all services together. An aborted `killSignal` ends everything at once, also before all is ready.
 * @param {PlatformOptions & { log: import('./child.mjs').Log, signal?: AbortSignal, killSignal?: AbortSignal, step?: (name: string, work: () => Promise<unknown>) => Promise<unknown> }} options
 * @returns {Promise<Platform>}
 */
export async function startPlatform(options) {
  closeFolder(options.dataDir);
  const groups = platformProcesses(options);
  await checkPorts(wantedPorts(options.ports, { hasDatabase: !options.env?.['DATABASE_URL'] }));

  /** @type {Child[][]} */
  const started = [];
  /** @type {(message: string) => void} */
  let reportDeath = () => {};
  /** @type {Promise<string>} */
  const died = new Promise((resolve) => {
    reportDeath = resolve;
  });
  /** @type {Promise<void> | undefined} */
  let stopping;

  const stopGroup = (/** @type {Child[]} */ group) => Promise.all(group.map((child) => child.stop(STOP_TIMEOUT_MS)));
  const stop = () => {
    stopping ??= (async () => {
      // Services first: what they still hold must find the inbox alive.
      for (const group of [...started].reverse()) await stopGroup(group);
    })();
    return stopping;
  };

  const kill = () => {
    for (const child of started.flat()) child.kill();
  };

  options.signal?.addEventListener('abort', () => void stop());
  options.killSignal?.addEventListener('abort', kill);

  const { step = (_, work) => work() } = options;
  const waitFor = (/** @type {Child[]} */ children, /** @type {boolean} */ isStorage) => {
    const ready = (/** @type {Child} */ child) => child.ready(READY_TIMEOUT_MS);
    return isStorage
      ? Promise.all(children.map((child) => step(child.spec.name, () => ready(child))))
      : step('services', () => Promise.all(children.map(ready)));
  };

  for (const group of groups) {
    options.signal?.throwIfAborted();
    const children = group.map((spec) => new Child(spec, options.log, reportDeath));
    started.push(children);
    const ready = waitFor(children, group === groups[0]);
    const death = died.then((message) => {
      throw new Error(message);
    });
    try {
      await Promise.race([ready, death]);
    } catch (error) {
      ready.catch(() => {});
      await stop();
      throw error;
    } finally {
      death.catch(() => {});
    }
  }
  return {
    died,
    stop,
    stopServices: async () => {
      await stopGroup(started.slice(1).flat());
    },
    kill,
    processes: () => started.flat().map(({ spec: { name }, pid }) => ({ name, pid })),
  };
}

/** Makes the data folder unreadable for other users of this machine, because it holds personal data. @param {string} folder */
function closeFolder(folder) {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}
