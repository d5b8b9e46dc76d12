import { CommandError } from '../../cli/command-error.ts';
import { exitCodes } from '../../cli/exit-code.ts';
import type { LexiconEntry } from './entry.ts';
import type { Pace } from './pace.ts';

/** Where Lexicon is, and as whom it is asked. */
export interface LexiconAccount {
  /** Origin of the application API. */
  readonly host: string;
  readonly projectId: string;
  /** `user:secret`. */
  readonly serviceAccount: string;
}

export interface LexiconClientOptions extends LexiconAccount {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  readonly sleep: (ms: number) => Promise<void>;
  readonly note: (line: string) => void;
}

/** https://docs.mixpanel.com/reference/lexicon-schemas-api */
export interface LexiconClient {
  readonly list: () => Promise<LexiconEntry[]>;
  /** Adds or replaces entries. @param items how many events and properties they are. */
  readonly upload: (entries: readonly LexiconEntry[], items: number) => Promise<void>;
  readonly remove: (entry: LexiconEntry) => Promise<void>;
}

const TIMEOUT_MS = 30_000;
const MINUTE_MS = 60_000;
/** A limit is shared with everyone in the organization: one wait may not be enough. */
const MAX_WAITS = 3;
const MAX_WAIT_MS = 5 * MINUTE_MS;

/** @throws CommandError, from each method, when the vendor refuses or cannot be reached. */
export function createLexiconClient(options: LexiconClientOptions): LexiconClient {
  const { host, projectId } = options;
  const url = `${host}/api/app/projects/${encodeURIComponent(projectId)}/schemas`;
  return {
    list: async () => {
      const body = (await request(options, 0, url)) as { results?: unknown };
      if (Array.isArray(body.results)) return body.results as LexiconEntry[];
      throw refused(`${host} answered without a list of schemas. Is MIXPANEL_APP_HOST right?`);
    },
    upload: async (entries, items) => {
      // Never truncate: it would delete what others wrote.
      await request(options, items, url, { method: 'POST', body: JSON.stringify({ entries, truncate: false }) });
    },
    remove: async ({ entityType, name }) => {
      await request(options, 1, `${url}/${entityType}/${encodeURIComponent(name)}`, { method: 'DELETE' });
    },
  };
}

async function request(
  options: LexiconClientOptions,
  items: number,
  url: string,
  init: RequestInit = {},
): Promise<unknown> {
  const { host, serviceAccount, fetch, signal, pace, sleep, note } = options;
  for (let waits = 0; ; waits++) {
    await pace.turn(items);
    const response = await fetch(url, {
      ...init,
      headers: {
        authorization: `Basic ${Buffer.from(serviceAccount).toString('base64')}`,
        ...(init.body ? { 'content-type': 'application/json' } : {}),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }).catch((cause: unknown) => {
      throw signal.aborted
        ? cause
        : refused(`${host} could not be reached (${reasonOf(cause)}). Check the network and MIXPANEL_APP_HOST.`, cause);
    });
    if (response.status === 429 && waits < MAX_WAITS) {
      const asked = Number(response.headers.get('retry-after')) * 1000;
      const waitMs = asked > 0 ? Math.min(asked, MAX_WAIT_MS) : MINUTE_MS;
      note(`Mixpanel asks to wait (429); trying again in ${Math.ceil(waitMs / 1000)} s.`);
      await response.body?.cancel();
      await sleep(waitMs);
      continue;
    }
    const text = await response.text();
    if (!response.ok) throw refused(refusalOf(options, response.status, text));
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw refused(`${host} answered something that is no JSON. Is MIXPANEL_APP_HOST right?`, cause);
    }
  }
}

function refusalOf({ host, projectId }: LexiconAccount, status: number, text: string): string {
  if (status === 401)
    return 'Mixpanel does not know the service account (401): check MIXPANEL_SERVICE_ACCOUNT, which is user:secret, and that MIXPANEL_APP_HOST is the region of the project.';
  if (status === 403)
    return `The service account may not change schemas of project ${projectId} (403): it needs the role Admin or Owner there. Also check MIXPANEL_PROJECT_ID.`;
  if (status === 429)
    return 'Mixpanel still asks to wait (429) after several minutes. Run the command again later: what was uploaded stays.';
  return `${host} answered ${status}: ${messageOf(text)}`;
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // Not JSON: as it is.
  }
  return text.slice(0, 300) || 'nothing else';
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

function refused(message: string, cause?: unknown): CommandError {
  return new CommandError(message, { exitCode: exitCodes.refused, cause });
}
