import { createServer } from 'node:net';
import { config } from './config.mjs';

/**
 * `auth` for `auth-service`, `web` for `web-server`.
 * @template {string} Name
 * @typedef {Name extends `${infer Short}-service` ? Short : Name extends `${infer Short}-server` ? Short : Name} ShortName
 */
/** @typedef {import('./config.mjs').PlatformConfig['services'][number]['name']} ServiceName */
/** @typedef {ShortName<ServiceName> | 'inbox' | 'database'} PortName */
/** @typedef {Record<PortName, number>} Ports */
/** @typedef {Pick<import('@qr/alerts/config').Config, 'services' | 'web'>} Services */

export const DEFAULT_PORT_BASE = config.web?.port ?? 3000;

/** Those of the platform reach up to 1610 above the base, and the largest port is 65535. */
export const PORT_BASE_RANGE = /** @type {const} */ ([1, 63_000]);

/** Each as far above the base as its port in the config is above that of the web server. @param {number} base @param {Services} [services] @returns {Ports} */
export function portsFrom(base, { services, web } = config) {
  const all = [...(web ? [web] : []), ...services];
  const ports = all.map(({ name, port }) => [shortName(name), base + port - DEFAULT_PORT_BASE]);
  return Object.fromEntries([...ports, ['inbox', base + 1600], ['database', base + 1610]]);
}

/** @template {string} Name @param {Name} name @returns {ShortName<Name>} */
export function shortName(name) {
  return /** @type {ShortName<Name>} */ (name.replace(/-(service|server)$/, ''));
}

/** @param {PortName} name @param {Services} [services] @returns {string} */
export function processNameOf(name, { services } = config) {
  return services.find((service) => shortName(service.name) === name)?.name ?? name;
}

/** Below the ports that systems give to outgoing connections, one of which could take a port before it is used; above 10080, which browsers refuse. */
const FREE_PORTS = { first: 11_000, count: 20_000 };

/** Sets of ports that one process may ask for. */
const SETS = 2;

/**
 * Ports that nobody listens on. Each set of a process has a block of its own: those who ask before others have bound theirs must not get the same.
 *
 * @param {number} set 0, or 1 for a second platform or further servers of the same process.
 * @param {Services} [services]
 * @returns {Promise<Ports>}
 */
export async function freePorts(set = 0, services = config) {
  const names = Object.keys(portsFrom(DEFAULT_PORT_BASE, services));
  const block = FREE_PORTS.first + (((process.pid * SETS + set) * names.length) % FREE_PORTS.count);
  // All are held at once, so that no port is given twice.
  const servers = await Promise.all(names.map((_, index) => listenNear(block + index)));
  const entries = names.map((name, index) => [name, portOf(servers[index])]);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(entries);
}

/** Listens on the port, or on any other that is free. @param {number} preferred */
async function listenNear(preferred) {
  for (let port = preferred; ; port = FREE_PORTS.first + Math.floor(Math.random() * FREE_PORTS.count)) {
    try {
      return await listen(port);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

/** Why a port cannot be listened on: `EADDRINUSE`, `EACCES`; nothing when it can. @param {number} port @returns {Promise<string | undefined>} */
export async function obstacleOf(port) {
  // Browsers try `localhost` at ::1 first, where another server would answer in place of ours.
  for (const host of ['127.0.0.1', '::1']) {
    try {
      const server = await listen(port, host);
      await new Promise((resolve) => server.close(resolve));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      // A machine may be without IPv6.
      if (host === '127.0.0.1' || code === 'EADDRINUSE') return code;
    }
  }
  return undefined;
}

/** @param {number} port @param {string} [host] @returns {Promise<import('node:net').Server>} */
function listen(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** @param {import('node:net').Server | undefined} server */
function portOf(server) {
  const address = server?.address();
  if (typeof address !== 'object' || !address) throw new Error('expected a listening server');
  return address.port;
}
