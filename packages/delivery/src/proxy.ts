import type { Dispatcher, Pool } from 'undici';
import { reasonOf } from './lanes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What requests are made with: the same for a direct way and one through a proxy. */
interface DispatcherSettings {
  /** @default no limit */
  readonly connections?: number;
  readonly connect: { readonly timeout: number };
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

/**
 * Resolves to what carries requests to an origin: through the proxy that the environment names now, if any. Never rejects: settings or a proxy that
 * cannot be used are warned about, and the result is `undefined`, because nothing may go past a proxy that was asked for. The HTTP client is loaded
 * here, so that a process that sends nothing never loads it.
 *
 * Read are `https_proxy`, `http_proxy` (for `http` origins, and for `https` when nothing else is set), `all_proxy` and `no_proxy`, in lower case first
 * and then in upper case; an empty variable counts as absent. A proxy without a scheme speaks `http`.
 */
export async function createDispatcher(
  origin: string,
  settings: DispatcherSettings,
  warn: (message: string) => void,
  env: Environment = process.env,
): Promise<Dispatcher | undefined> {
  const proxy = proxyFor(new URL(origin), env);
  const { Pool, ProxyAgent } = await import('undici');
  if (proxy === undefined) {
    try {
      return new Pool(origin, settings);
    } catch (error) {
      warn(`Requests to ${new URL(origin).host} cannot be made, and what goes there waits: ${reasonOf(error)}.`);
      return undefined;
    }
  }
  const uri = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy.value) ? proxy.value : `http://${proxy.value}`;
  try {
    if (/[\s\\]/.test(uri) || new URL(uri).hostname === '') throw new TypeError('Invalid URL');
    return new ProxyAgent({
      ...settings,
      uri,
      clientFactory: (proxyOrigin) => reportingRefusals(new Pool(proxyOrigin, settings)),
    });
  } catch {
    // The reason may quote a password.
    warn(
      `${proxy.name}: expected the address of a proxy, such as http://proxy:3128, got ${proxy.value.length} characters that cannot be used. What goes to ${new URL(origin).host} waits. Correct ${proxy.name}, or name the host in NO_PROXY.`,
    );
    return undefined;
  }
}

type Connect = (options: unknown) => Promise<unknown>;

/**
 * Connections to a proxy. One that the proxy closes fails the request that asked for it: undici would take that for a broken connection of its own
 * and connect again at once, hundreds of times a second, while the request waits.
 */
function reportingRefusals(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as Connect;
  return Object.assign(pool, {
    connect: (options: unknown) =>
      connect(options).catch((error: unknown) => {
        throw new Error(`the proxy opened no way: ${reasonOf(error)}`, { cause: error });
      }),
  }) as Pool;
}

/** The proxy for an origin, and the variable that names it. */
function proxyFor({ protocol, hostname, port }: URL, env: Environment): { name: string; value: string } | undefined {
  const own = protocol === 'https:' ? ['https_proxy', 'all_proxy', 'http_proxy'] : ['http_proxy', 'all_proxy'];
  const name = own.flatMap((lower) => [lower, lower.toUpperCase()]).find((variable) => env[variable]?.trim());
  if (name === undefined) return undefined;
  const exceptions = env['no_proxy']?.trim() || env['NO_PROXY'] || '';
  if (isExcepted(hostname, port || (protocol === 'https:' ? '443' : '80'), exceptions)) return undefined;
  return { name, value: env[name]?.trim() ?? '' };
}

/** Whether `no_proxy` names a host: `*`, or hosts with all their subdomains, each with a port or for all of them. */
function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  return exceptions
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, ofPort = port] = /^(.+?):(\d+)$/.exec(entry) ?? [];
      const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
      const host = hostname.replace(/\.$/, '');
      return domain !== '' && ofPort === port && (host === domain || host.endsWith(`.${domain}`));
    });
}
