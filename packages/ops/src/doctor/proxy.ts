type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that deliveries to an origin go through. */
export interface DeliveryProxy {
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
