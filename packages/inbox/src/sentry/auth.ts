/** Where a request may carry its public key. */
export interface AuthSources {
  /** Of `X-Sentry-Auth`; Node joins repeated headers by a comma. */
  readonly header: string | undefined;
  /** `sentry_key` and `sentry_version` of the query. */
  readonly query: { readonly key: unknown; readonly version: unknown };
  /** The `dsn` of the envelope header, which SDKs add when they go through a tunnel. */
  readonly dsn: unknown;
  readonly project: string;
}

const PUBLIC_KEY = /^\w+$/;
const PROTOCOL_VERSION = '7';

/** Why a request is refused; undefined when it is let in. Any well-formed key is good, but all given must agree. */
export function authProblem({ header, query, dsn, project }: AuthSources): string | undefined {
  const keys: string[] = [];
  const versions: unknown[] = [];
  if (header !== undefined) {
    keys.push(...parameters(header, 'sentry_key'));
    versions.push(...parameters(header, 'sentry_version'));
  }
  if (query.key !== undefined) {
    keys.push(typeof query.key === 'string' ? query.key : '');
    versions.push(query.version);
  }
  if (dsn !== undefined) {
    const parsed = parseDsn(dsn);
    if (parsed === undefined) return 'bad dsn in envelope header: expected protocol://key@host/project';
    if (parsed.project !== project) return 'the dsn in the envelope header belongs to another project';
    keys.push(parsed.key);
  }
  const [first] = keys;
  if (first === undefined) return 'missing authorization information';
  if (keys.some((key) => !PUBLIC_KEY.test(key))) return 'bad sentry DSN public key';
  if (versions.some((version) => version !== PROTOCOL_VERSION)) return 'sentry_version must be 7';
  return keys.every((key) => key === first) ? undefined : 'the public keys of the request do not agree';
}

/** Every value of a parameter; one empty value when there is none, which no check lets pass. */
function parameters(header: string, name: string): string[] {
  const found = [...header.matchAll(/(?:^|[\s,])(\w+)\s*=\s*([^,\s]*)/g)].filter((match) => match[1] === name);
  return found.length === 0 ? [''] : found.map((match) => match[2] ?? '');
}

function parseDsn(dsn: unknown): { readonly key: string; readonly project: string } | undefined {
  if (typeof dsn !== 'string' || !URL.canParse(dsn)) return undefined;
  const { username, pathname } = new URL(dsn);
  const project = pathname.split('/').at(-1) ?? '';
  return username === '' || project === '' ? undefined : { key: username, project };
}
