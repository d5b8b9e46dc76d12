/** Where a request may carry its public key. */
export interface AuthSources {
  readonly header: string | undefined;
  readonly query: unknown;
  /** The `dsn` of the envelope header, which SDKs add when they go through a tunnel. */
  readonly dsn: unknown;
  readonly project: string;
}

const PUBLIC_KEY = /^[\w-]+$/;

/** Why a request is refused; undefined when it is let in. Any well-formed key is good, but all given must agree. */
export function authProblem({ header, query, dsn, project }: AuthSources): string | undefined {
  const keys: string[] = [];
  if (header !== undefined) keys.push(/(?:^|[\s,])sentry_key=([^,\s]+)/.exec(header)?.[1] ?? '');
  if (query !== undefined) keys.push(typeof query === 'string' ? query : '');
  if (dsn !== undefined) {
    const parsed = parseDsn(dsn);
    if (parsed === undefined) return 'bad dsn in envelope header: expected protocol://key@host/project';
    if (parsed.project !== project) return 'the dsn in the envelope header belongs to another project';
    keys.push(parsed.key);
  }
  const [first] = keys;
  if (first === undefined) return 'missing authorization information';
  if (keys.some((key) => !PUBLIC_KEY.test(key))) return 'bad sentry DSN public key';
  return keys.every((key) => key === first) ? undefined : 'the public keys of the request do not agree';
}

function parseDsn(dsn: unknown): { readonly key: string; readonly project: string } | undefined {
  if (typeof dsn !== 'string' || !URL.canParse(dsn)) return undefined;
  const { username, pathname } = new URL(dsn);
  const project = pathname.split('/').at(-1) ?? '';
  return username === '' || project === '' ? undefined : { key: username, project };
}
