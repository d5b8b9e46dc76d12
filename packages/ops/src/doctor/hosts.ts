import { connect, type Socket } from 'node:net';
import { type Finding, failed } from './check.ts';
import { explainFailure } from './explain.ts';

/** What came of asking a host for anything at all. */
type Reach =
  | {
      readonly isReached: true;
      readonly status: number;
      /** How many milliseconds our clock is ahead of that of the host; `undefined` when the host did not say what time it is. */
      readonly aheadMs: number | undefined;
    }
  /** Deliveries go through a proxy, which takes connections; the host itself was not asked. */
  | { readonly isReached: true; readonly proxy: DeliveryProxy }
  | { readonly isReached: false; readonly finding: Finding };

/** Asks each host once, however many checks want to know. */
export interface Hosts {
  reach(origin: string, signal: AbortSignal): Promise<Reach>;
}

interface HostsOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A `Date` header is cut off to the second, so that it is half a second late on average. */
const DATE_CUT_MS = 500;

export function createHosts(options: HostsOptions): Hosts {
  const known = new Map<string, Promise<Reach>>();
  return {
    reach(origin, signal) {
      const asked = known.get(origin) ?? ask(origin, signal, options);
      known.set(origin, asked);
      return asked;
    },
  };
}

async function ask(origin: string, signal: AbortSignal, { fetch, now, env }: HostsOptions): Promise<Reach> {
  const proxy = proxyOf(origin, env);
  if (proxy) return askProxy(proxy, origin, signal);
  const startedAt = now();
  try {
    // Any answer will do: none of the vendors has a page here.
    const response = await fetch(`${origin}/`, { redirect: 'manual', signal });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get('date') ?? '');
    const middle = (startedAt + now()) / 2;
    return {
      isReached: true,
      status: response.status,
      aheadMs: Number.isNaN(date) ? undefined : Math.round(middle - (date + DATE_CUT_MS)),
    };
  } catch (error) {
    return { isReached: false, finding: explainFailure(error, origin) };
  }
}

/** The tool's own requests know no proxies, deliveries do; whether the proxy lets them through is shown by the first one. */
async function askProxy(proxy: DeliveryProxy, origin: string, signal: AbortSignal): Promise<Reach> {
  try {
    (await connectTo(proxy.hostname, proxy.port, signal)).destroy();
    return { isReached: true, proxy };
  } catch (error) {
    // Not as a URL of HTTP: on loopback that would be taken for the platform itself.
    const { says } = explainFailure(error, `tcp://${proxy.hostname}:${proxy.port}`);
    return {
      isReached: false,
      finding: failed(
        `${proxy.variable} sends deliveries to ${origin} through the proxy ${proxy.origin}. ${says}`,
        `Correct ${proxy.variable}, or name ${new URL(origin).hostname} in NO_PROXY so that deliveries go to it directly.`,
      ),
    };
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that deliveries to an origin go through. */
interface DeliveryProxy {
  readonly variable: string;
  /** Without user and password. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
}

/**
 * The proxy of an origin by the rules of undici's `EnvHttpProxyAgent`, by which `@qr/common` delivers: lower case before upper case, `HTTP_PROXY` also
 * for https unless `HTTPS_PROXY` is set, `NO_PROXY` with hosts (and all below them), ports and `*`; `ALL_PROXY` means nothing.
 *
 * @see https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent
 */
export function proxyOf(origin: string, env: Environment): DeliveryProxy | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const names = ['http_proxy', 'HTTP_PROXY'];
  const variable = (protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY', ...names] : names).find((name) => env[name]);
  const value = variable === undefined ? undefined : env[variable];
  if (variable === undefined || !value || !URL.canParse(value)) return undefined;
  if (isExcepted(hostname, Number(port) || defaultPort(protocol), env['no_proxy'] ?? env['NO_PROXY'] ?? ''))
    return undefined;
  const proxy = new URL(value);
  return {
    variable,
    origin: proxy.origin,
    hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port) || defaultPort(proxy.protocol),
  };
}

function isExcepted(hostname: string, port: number, exceptions: string): boolean {
  if (exceptions === '*') return true;
  return exceptions.split(/[,\s]+/).some((entry) => {
    const [, host = '', onlyPort] = /^(.+?)(?::(\d+))?$/.exec(entry) ?? [];
    if (host === '' || (onlyPort !== undefined && Number(onlyPort) !== port)) return false;
    const name = host.replace(/^\*?\./, '').toLowerCase();
    return hostname === name || hostname.endsWith(`.${name}`);
  });
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

/** Connects, or says why not. @throws the system's error, or the reason of the signal. */
export function connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const onAbort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
