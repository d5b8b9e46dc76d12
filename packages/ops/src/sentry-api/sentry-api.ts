import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, exitCodes } from '../cli/command.ts';
import { type Answer, documentOf, isSuccess } from '../cli/http.ts';
import {
  askSentry,
  isUncertain,
  nextCursor,
  rateLimitWaitMs,
  type SentryAccess,
  type SentryPath,
  type SentryRequest,
} from './exchange.ts';
import { refusal } from './refusal.ts';

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
