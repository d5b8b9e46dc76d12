import { setTimeout as delay } from 'node:timers/promises';
import { type CommandContext, CommandError, exitCodes } from '../cli/command.ts';
import { type Answer, documentOf, exchange, isSuccess } from '../cli/http.ts';

/** Sentry's management API, below one organization. Everything rejects with a CommandError that says what to do. */
export interface SentryApi {
  /** All pages of a list. */
  list<T>(path: SentryPath, query?: Readonly<Record<string, string>>): Promise<readonly T[]>;
  get<T>(path: SentryPath): Promise<T>;
  /**
   * Makes something. A POST that fails may have been stored all the same, so that before another `findStored` must say whether it is there:
   * Sentry has no keys against doubles and no unique names.
   */
  create<T>(path: SentryPath, body: unknown, findStored: () => Promise<T | undefined>): Promise<T>;
  update<T>(path: SentryPath, body: unknown): Promise<T>;
  remove(path: SentryPath): Promise<void>;
}

/** What {@link createSentryApi} takes. */
export interface SentryApiOptions extends SentryAccess {
  readonly now: () => number;
  readonly note: (line: string) => void;
  /** @default waits, and rejects when `signal` is aborted */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** The most that Sentry gives at a time. */
const PAGE_SIZE = '100';
/** A list that does not end is a mistake, ours or theirs. */
const MAX_PAGES = 200;
const MAX_ATTEMPTS = 4;
const MAX_POSTS = 2;
const FIRST_DELAY_MS = 1000;
const MAX_WAIT_MS = 90_000;

/** Talks to one organization. */
export function createSentryApi(options: SentryApiOptions): SentryApi {
  const { signal, now, note } = options;
  const sleep = options.sleep ?? ((ms: number) => delay(ms, undefined, { signal }));

  /** Waits where Sentry asks for it, and repeats what may be repeated. */
  async function send(request: SentryRequest): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await askSentry(request, options);
      const isLast = attempt === MAX_ATTEMPTS;
      if (answer.status === 429) {
        const waitMs = rateLimitWaitMs(answer.headers, now());
        if (isLast || waitMs > MAX_WAIT_MS) throw tooMany(now() + waitMs);
        note(`Sentry asks to wait ${Math.ceil(waitMs / 1000)} s.`);
        await sleep(waitMs);
      } else if (isUncertain(answer) && request.method !== 'POST' && !isLast) {
        const delayMs = FIRST_DELAY_MS * 2 ** (attempt - 1);
        note(
          `Sentry ${answer.status === 0 ? 'gives no answer' : `answers ${answer.status}`}; once more in ${delayMs / 1000} s.`,
        );
        await sleep(delayMs);
      } else return answer;
    }
  }

  async function ask<T>(request: SentryRequest): Promise<T> {
    const answer = await send(request);
    const document = documentOf<T>(answer.text);
    if (!isSuccess(answer)) throw refusal(request, answer, options);
    if (document === undefined) throw notJson(request);
    return document;
  }

  return {
    async list<T>(path: SentryPath, query: Readonly<Record<string, string>> = {}) {
      const all: T[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const request: SentryRequest = {
          method: 'GET',
          path,
          query: { ...query, per_page: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) },
        };
        const answer = await send(request);
        if (!isSuccess(answer)) throw refusal(request, answer, options);
        const items = documentOf<T[]>(answer.text);
        if (!Array.isArray(items)) throw notJson(request);
        all.push(...items);
        cursor = nextCursor(answer.headers.get('link'));
        if (cursor === undefined) return all;
      }
      throw new CommandError(`Sentry's list ${path} has no end after ${MAX_PAGES} pages.`, {
        exitCode: exitCodes.refused,
      });
    },

    get: (path) => ask({ method: 'GET', path }),

    async create<T>(path: SentryPath, body: unknown, findStored: () => Promise<T | undefined>) {
      const request: SentryRequest = { method: 'POST', path, body };
      for (let attempt = 1; ; attempt++) {
        const answer = await send(request);
        const document = documentOf<T>(answer.text);
        if (isSuccess(answer) && document !== undefined) return document;
        const mayBeStored = isSuccess(answer) || isUncertain(answer) || answer.status === 409;
        if (!mayBeStored) throw refusal(request, answer, options);
        // What failed may still be on its way into the database.
        if (answer.status !== 409) await sleep(FIRST_DELAY_MS);
        const stored = await findStored();
        if (stored !== undefined) return stored;
        if (answer.status === 409 || attempt === MAX_POSTS) throw refusal(request, answer, options);
      }
    },

    update: (path, body) => ask({ method: 'PUT', path, body }),

    async remove(path) {
      const request: SentryRequest = { method: 'DELETE', path };
      const answer = await send(request);
      // Gone already: by an attempt whose answer was lost, or by someone else.
      if (!isSuccess(answer) && answer.status !== 404) throw refusal(request, answer, options);
    },
  };
}

function tooMany(until: number): CommandError {
  return new CommandError(
    `Sentry takes no more requests for now (429): run this again after ${new Date(until).toISOString()}.`,
    { exitCode: exitCodes.refused },
  );
}

function notJson({ method, path }: SentryRequest): CommandError {
  return new CommandError(
    `What answers ${method} ${path} is not Sentry's management API: expected a JSON document. Check SENTRY_URL.`,
    { exitCode: exitCodes.refused },
  );
}

/** A path below the organization. Sentry answers only paths that end in a slash. */
export type SentryPath = `${string}/`;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request. */
interface SentryRequest {
  readonly method: Method;
  readonly path: SentryPath;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Where requests go, and as whom. */
interface SentryAccess extends Pick<CommandContext, 'fetch' | 'signal'> {
  /** Origin, without a slash at its end. */
  readonly url: string;
  readonly org: string;
  readonly token: string;
  /** @default 30000 */
  readonly timeoutMs?: number;
}

/** Sends one request, once. Rejects only when `signal` is aborted. */
export function askSentry({ method, path, query, body }: SentryRequest, access: SentryAccess): Promise<Answer> {
  const { url, org, token } = access;
  const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : '';
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return exchange(
    `${url}/api/0/organizations/${encodeURIComponent(org)}/${path}${search}`,
    { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    access,
  );
}

/** Whether nobody knows what became of a request: it may have been carried out all the same. */
function isUncertain({ status }: Answer): boolean {
  return status === 0 || status >= 500;
}

/**
 * Where the next page begins, by the `Link` header of Sentry's lists; `undefined` after the last. Sentry names a next page always, and says
 * with `results` whether anything is on it. Only the cursor is taken: an address from an answer must not decide where the token goes.
 */
function nextCursor(link: string | null): string | undefined {
  for (const part of (link ?? '').split(/,\s*(?=<)/)) {
    const attributes = new Map(
      [...part.matchAll(/;\s*(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    if (attributes.get('rel') === 'next' && attributes.get('results') === 'true') return attributes.get('cursor');
  }
  return undefined;
}

const MIN_WAIT_MS = 1000;

/**
 * How long to wait after a 429, in milliseconds. `Retry-After` is in seconds; `X-Sentry-Rate-Limit-Reset` is a time, in seconds since the
 * epoch (https://docs.sentry.io/api/ratelimits/). When too many requests are open at once, that time may have passed.
 */
function rateLimitWaitMs(headers: Headers, now: number): number {
  const after = Number(headers.get('retry-after') || Number.NaN) * 1000;
  const until = Number(headers.get('x-sentry-rate-limit-reset') || Number.NaN) * 1000 - now;
  const wait = Number.isFinite(after) ? after : until;
  return Number.isFinite(wait) ? Math.max(wait, MIN_WAIT_MS) : MIN_WAIT_MS;
}

/** Enough of an answer to see what it is about. */
const MAX_ANSWER_LENGTH = 300;

/** Whose answer it is. */
type Asked = Pick<SentryAccess, 'url' | 'org' | 'token'>;

/** Says why Sentry did not do what it was asked for, and what to do. Never says the token. */
function refusal(request: SentryRequest, answer: Answer, asked: Asked): CommandError {
  return new CommandError(`${summaryOf(request, answer, asked)} ${explain(request, answer, asked)}`, {
    exitCode: exitCodes.refused,
  });
}

function summaryOf({ method, path }: SentryRequest, { status }: Answer, { url }: Asked): string {
  return status === 0
    ? `Sentry at ${url} gave no answer to ${method} ${path}.`
    : `Sentry answered ${method} ${path} with ${status}.`;
}

function explain(request: SentryRequest, answer: Answer, asked: Asked): string {
  const { status } = answer;
  if (status === 0) return `${answer.text}. Check SENTRY_URL and the network.`;
  if (status === 401)
    return `It does not know the token: SENTRY_AUTH_TOKEN must be one of the organization ${asked.org}.`;
  if (status === 403) return missingScope(request, asked);
  if (status === 404 && /\/\d+\/$/.test(request.path)) return 'It is no longer there: run the plan again.';
  if (status === 404 && request.path.startsWith('projects/') && request.method === 'POST')
    return `The plan of ${asked.org} may have no monitors of metrics, which Sentry answers in this way: see Settings, Subscription.`;
  if (status === 404) {
    const isNew = request.path === 'detectors/' || request.path === 'workflows/';
    const sinceWhen = isNew ? " A Sentry of one's own has this address from version 26.7.0 on." : '';
    return `Check SENTRY_ORG (${asked.org}) and SENTRY_URL (${asked.url}).${sinceWhen}`;
  }
  if (status === 410)
    return 'It has retired this address. It does so for minutes at a time at first: try again in five minutes, and if it stays so, qr-obs needs the successor of the address. The rules/ of a project became workflows/ of the organization, and alert-rules/ and combined-rules/ became detectors/.';
  if (status === 409) return `Something of this name was made in the meantime: run the plan again. ${reasonOf(answer)}`;
  if (status >= 300 && status < 400)
    return `It sends to ${answer.headers.get('location') ?? 'another address'}: put that origin into SENTRY_URL.`;
  if (status >= 500) return 'Try again later.';
  return `It says: ${reasonOf(answer)}`;
}

function missingScope({ method, path }: SentryRequest, { token }: Asked): string {
  const kind = token.startsWith('sntrys_')
    ? 'SENTRY_AUTH_TOKEN is an organization token (sntrys_), which only ever has org:ci. '
    : '';
  const scopes = scopesFor(method, path);
  const needed = scopes.length === 1 ? `the scope ${scopes[0]}` : `one of the scopes ${scopes.join(', ')}`;
  return `${kind}This needs ${needed}. Make the token of an internal integration with ${SUGGESTED_SCOPES}, or give it access to the project if it has them.`;
}

function reasonOf(answer: Answer): string {
  const detail = documentOf<{ detail?: unknown }>(answer.text)?.detail;
  return (typeof detail === 'string' ? detail : answer.text).slice(0, MAX_ANSWER_LENGTH);
}

/** What a token for alerts and dashboards as code needs, and no more. */
export const SUGGESTED_SCOPES = 'org:read, alerts:read and alerts:write';

const READ_ALERTS = ['alerts:read', 'org:read'];
const ORGANIZATION = ['org:read'];

/**
 * The scopes of which a token needs one, the smallest first; larger ones of the same kind do as well. After Sentry's API description,
 * version 0.272.0. For changing a monitor it also names `org:read`, which may not be enough, as was so with the endpoint before it.
 */
function scopesFor(method: Method, path: SentryPath): readonly string[] {
  if (path.startsWith('integrations/')) return ['org:read', 'org:integrations'];
  if (path.startsWith('dashboards/')) return ORGANIZATION;
  if (path === 'projects/') return ORGANIZATION;
  if (method === 'GET') return READ_ALERTS;
  if (path.startsWith('workflows/')) return ['alerts:write', 'org:write'];
  return path.startsWith('projects/') ? ['alerts:write', 'project:write'] : ['alerts:write'];
}
