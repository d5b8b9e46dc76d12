import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '../store/records.ts';

/** Where a request may carry its public key. */
export interface AuthSources {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  /** Part of the path, as in `/cron/:slug/:key/`. */
  readonly pathKey?: string | undefined;
  /** The `dsn` of the envelope header, which SDKs add when they go through a tunnel. */
  readonly dsn?: unknown;
  readonly project: string;
}

interface Credentials {
  readonly key: string;
  /** Absent: the current one. */
  readonly version?: string | undefined;
}

const PUBLIC_KEY = /^\w+$/;
const NEWEST_PROTOCOL = 7;

/**
 * Returns why a request is refused, or undefined when it is let in. Any well-formed key is good, but all given must
 * agree. A version is optional; old SDKs send 2 to 6.
 */
export function authProblem({ headers, query, pathKey, dsn, project }: AuthSources): string | undefined {
  const given: Credentials[] = [
    ...ofHeader(headerText(headers['x-sentry-auth'])),
    ...ofHeader(headers.authorization),
    ...ofBasic(headers.authorization),
    ...ofQuery(query),
  ];
  if (pathKey !== undefined) given.push({ key: pathKey });
  if (dsn !== undefined && dsn !== null) {
    const parsed = parseDsn(dsn);
    if (parsed === undefined) return 'bad dsn in envelope header: expected protocol://key@host/project';
    if (parsed.project !== project) return 'the dsn in the envelope header belongs to another project';
    given.push({ key: parsed.key });
  }
  const [first] = given;
  if (first === undefined) return 'missing authorization information';
  if (given.some(({ key }) => !PUBLIC_KEY.test(key))) return 'bad sentry DSN public key';
  const unsupported = given.find(({ version }) => version !== undefined && !isSupported(version));
  if (unsupported !== undefined) return `unsupported protocol version (${unsupported.version?.slice(0, 20)})`;
  return given.every(({ key }) => key === first.key) ? undefined : 'the public keys of the request do not agree';
}

/** `Sentry sentry_version=7, sentry_key=...`, in `X-Sentry-Auth` or in `Authorization`. */
function ofHeader(header: string | undefined): Credentials[] {
  if (header === undefined || !/^sentry\s/i.test(header)) return [];
  const keys = parameters(header, 'sentry_key');
  const versions = parameters(header, 'sentry_version');
  // An empty key is refused.
  if (keys.length === 0) keys.push('');
  return keys.map((key, index) => ({ key, version: versions[index] ?? versions[0] }));
}

/** `Basic`, with the key as user name. */
function ofBasic(header: string | undefined): Credentials[] {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return [];
  const [key = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  return [{ key }];
}

function ofQuery(query: unknown): Credentials[] {
  if (!isJsonObject(query) || query['sentry_key'] === undefined) return [];
  const { sentry_key: key, sentry_version: version } = query;
  if (typeof key !== 'string') return [{ key: '' }];
  return [{ key, version: version === undefined ? undefined : String(version) }];
}

function isSupported(version: string): boolean {
  return /^\d{1,4}(\.0)?$/.test(version) && Number(version) <= NEWEST_PROTOCOL;
}

function parameters(header: string, name: string): string[] {
  const found = [...header.matchAll(/(?:^|[\s,])(\w+)\s*=\s*([^,\s]*)/g)].filter((match) => match[1] === name);
  return found.map((match) => match[2] ?? '');
}

/** Node joins repeated headers by a comma. */
function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function parseDsn(dsn: unknown): { readonly key: string; readonly project: string } | undefined {
  if (typeof dsn !== 'string' || !URL.canParse(dsn)) return undefined;
  const { username, pathname } = new URL(dsn);
  const project = pathname.split('/').at(-1) ?? '';
  return username === '' || project === '' ? undefined : { key: username, project };
}
