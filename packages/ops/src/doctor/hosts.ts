import { connect, type Socket } from 'node:net';
import type { Environment } from '../cli/environment.ts';
import { type Finding, failed } from './check.ts';

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
  readonly env: Environment;
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

/**
 * Explains why nothing came back from a host, and what to do about it.
 *
 * @param error what `fetch` or a socket threw, or the message of a delivery.
 */
export function explainFailure(error: unknown, origin: string): Finding {
  const text = describe(error);
  const { hostname, protocol } = new URL(origin);
  if (/ECONNREFUSED/.test(text)) return refused(origin);
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return failed(
      `The name ${hostname} cannot be resolved: it does not exist, or this machine has no DNS.`,
      `Look for a typing error in ${hostname}; then see whether other names are resolved on this machine.`,
    );
  if (/ERR_TLS_CERT_ALTNAME_INVALID|altnames/.test(text))
    return failed(
      `${origin} shows a certificate that is for other names than ${hostname}.`,
      `Correct the name of the host; if it is right, something between here and there answers in its place.`,
    );
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (has expired|is not yet valid)/.test(text))
    return failed(
      `The certificate of ${origin} is not valid at the time that this machine believes it is.`,
      'Set the clock of this machine. If it is right, whoever runs the host must renew the certificate.',
    );
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|self-signed|unable to (verify|get)/.test(text))
    return failed(
      `The certificate of ${origin} is signed by somebody whom this machine does not know.`,
      'A proxy of your company may open TLS: give Node its certificate with NODE_EXTRA_CA_CERTS=<file>. Never switch the check off.',
    );
  if (/EPROTO|ERR_SSL|SSL routines|wrong version number|packet length/.test(text))
    return failed(
      `${origin} does not speak TLS.`,
      protocol === 'https:'
        ? 'Write http:// if the host is a local one; a vendor always speaks https, so look for a proxy in between.'
        : 'Look at what listens there.',
    );
  if (/ECONNRESET|EPIPE|other side closed|socket hang up|UND_ERR_SOCKET/.test(text))
    return failed(
      `${origin} ended the connection without an answer.`,
      'Try again. If it stays so, a firewall or a proxy between here and there cuts it off.',
    );
  if (/TimeoutError|timeout|timed out|ETIMEDOUT|no whole answer/i.test(text))
    return failed(
      `${origin} does not answer in time.`,
      'A firewall may swallow the packets: let this machine reach the host. --timeout waits longer.',
    );
  if (/ENETUNREACH|EHOSTUNREACH/.test(text))
    return failed(`There is no way from this machine to ${origin}.`, 'See whether this machine is on the network.');
  return failed(`${origin} cannot be reached: ${text}.`, 'See whether this machine is on the network.');
}

function refused(origin: string): Finding {
  if (!isLoopback(origin))
    return failed(
      `${origin} refuses the connection: nothing listens on that port.`,
      'Look for a typing error in the host and its port, and whether a firewall refuses in its place.',
    );
  // What is local and speaks HTTP is the platform itself.
  const isOurs = origin.startsWith('http');
  return failed(
    `Nothing listens at ${origin}${isOurs ? ': `npm start` starts the inbox and the services' : ''}.`,
    'Leave it running in a terminal of its own, and ask again.',
  );
}

/** `fetch` says `fetch failed` and keeps the reason as its cause, which may itself hold one error for each address that was tried. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const parts = [
    error.name === 'Error' ? '' : error.name,
    code ?? '',
    error.message === 'fetch failed' ? '' : error.message,
  ];
  const inner = error instanceof AggregateError ? error.errors.map(describe) : [];
  const cause = error.cause === undefined ? '' : describe(error.cause);
  return [...parts, ...inner, cause].filter(Boolean).join(' ');
}

const MAX_LENGTH = 160;

/**
 * What an answer says, in a line: of `{"error":"Invalid credentials",...}` and `{"detail":"..."}` the sentence, of anything else its beginning.
 * Without control characters: whoever answers must not move the cursor of a terminal.
 */
export function wordsOf(answer: string): string {
  const [, sentence] = /"(?:error|detail)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(answer) ?? [];
  return (sentence ?? answer)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}

const LOCAL_INBOX = 'http://127.0.0.1:4600';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Where events and errors are to go; `undefined` for a half that is off. */
interface Destinations {
  readonly mixpanel: string | undefined;
  readonly sentry: string | undefined;
  /** The origin at which an inbox would be. */
  readonly inbox: string;
}

/** The origins that the environment names. Malformed ones count as absent: the check of the variables tells of them. */
export function destinationsOf(env: Environment): Destinations {
  return {
    mixpanel: env['MIXPANEL_TOKEN'] ? originOf(env['MIXPANEL_API_HOST'] || 'https://api.mixpanel.com') : undefined,
    sentry: env['SENTRY_DSN'] ? originOf(env['SENTRY_DSN']) : undefined,
    inbox: originOf(env['INBOX_URL'] || LOCAL_INBOX) ?? LOCAL_INBOX,
  };
}

/** The service account of the environment; `undefined` unless both of its variables are there. */
export function serviceAccountOf(
  env: Environment,
): { readonly credentials: string; readonly projectId: string } | undefined {
  const { MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = env;
  return credentials && projectId ? { credentials, projectId } : undefined;
}

export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(new URL(origin).hostname);
}

export function originOf(url: string): string | undefined {
  return URL.canParse(url) && /^https?:/.test(url) ? new URL(url).origin : undefined;
}
