import { CommandError, exitCodes } from '../../cli/command.ts';
import { type Answer, documentOf, exchange, isSuccess } from '../../cli/http.ts';
import { type LexiconEntry, sizeOf } from './entries.ts';

/** Where Lexicon is, and as whom it is asked. */
export interface LexiconAccount {
  /** Origin of the application API. */
  readonly host: string;
  readonly projectId: string;
  /** `user:secret`. */
  readonly serviceAccount: string;
}

interface LexiconClientOptions extends LexiconAccount {
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
  const { host, serviceAccount, pace, sleep, note } = options;
  const headers = {
    authorization: `Basic ${Buffer.from(serviceAccount).toString('base64')}`,
    ...(init.body ? { 'content-type': 'application/json' } : {}),
  };
  for (let waits = 0; ; waits++) {
    await pace.turn(items);
    const answer = await exchange(url, { ...init, headers }, options);
    if (answer.status === 429 && waits < MAX_WAITS) {
      const asked = Number(answer.headers.get('retry-after')) * 1000;
      const waitMs = asked > 0 ? Math.min(asked, MAX_WAIT_MS) : MINUTE_MS;
      note(`Mixpanel asks to wait (429); trying again in ${Math.ceil(waitMs / 1000)} s.`);
      await sleep(waitMs);
      continue;
    }
    if (!isSuccess(answer)) throw refused(refusalOf(options, answer));
    const document = documentOf(answer.text);
    if (document !== undefined) return document;
    throw refused(`${host} answered something that is no JSON. Is MIXPANEL_APP_HOST right?`);
  }
}

function refusalOf({ host, projectId }: LexiconAccount, { status, text }: Answer): string {
  if (status === 0) return `${host} could not be reached (${text}). Check the network and MIXPANEL_APP_HOST.`;
  if (status === 401)
    return 'Mixpanel does not know the service account (401): check MIXPANEL_SERVICE_ACCOUNT, which is user:secret, and that MIXPANEL_APP_HOST is the region of the project.';
  if (status === 403)
    return `The service account may not change schemas of project ${projectId} (403): it needs the role Admin or Owner there. Also check MIXPANEL_PROJECT_ID.`;
  if (status === 429)
    return 'Mixpanel still asks to wait (429) after several minutes. Run the command again later: what was uploaded stays.';
  const error = documentOf<{ error?: unknown }>(text)?.error;
  return `${host} answered ${status}: ${typeof error === 'string' ? error : text.slice(0, 300) || 'nothing else'}`;
}

function refused(message: string): CommandError {
  return new CommandError(message, { exitCode: exitCodes.refused });
}

/** Uploads entries in batches that the vendor takes. */
export async function uploadEntries(
  client: Pick<LexiconClient, 'upload'>,
  entries: readonly LexiconEntry[],
  note: (line: string) => void,
): Promise<void> {
  let done = 0;
  for (const batch of batchesOf(entries)) {
    await client.upload(
      batch,
      batch.reduce((sum, entry) => sum + sizeOf(entry), 0),
    );
    done += batch.length;
    note(`Uploaded ${done} of ${entries.length}.`);
  }
}

function batchesOf(entries: readonly LexiconEntry[]): LexiconEntry[][] {
  const batches: LexiconEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    if (size > room) {
      batches.push([]);
      room = MAX_ITEMS_A_REQUEST;
    }
    batches.at(-1)?.push(entry);
    room -= size;
  }
  return batches;
}

/**
 * The vendor's limits for schemas, for an organization: requests, and events and properties together.
 * https://docs.mixpanel.com/reference/limits
 */
const REQUESTS_A_MINUTE = 5;
const ITEMS_A_MINUTE = 4000;

/** So that the requests of a minute are enough for its items. */
const MAX_ITEMS_A_REQUEST = 1000;

interface PaceOptions {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called before a wait. */
  readonly onWait: (ms: number) => void;
}

/** Keeps requests within the vendor's limits over any minute. */
interface Pace {
  /** Resolves when a request with so many events and properties may be sent. */
  readonly turn: (items: number) => Promise<void>;
}

export function createPace({ now, sleep, onWait }: PaceOptions): Pace {
  let sent: { readonly at: number; readonly items: number }[] = [];
  return {
    turn: async (items) => {
      for (;;) {
        sent = sent.filter(({ at }) => now() - at < MINUTE_MS);
        const oldest = sent[0];
        const total = sent.reduce((sum, request) => sum + request.items, items);
        if (!oldest || (sent.length < REQUESTS_A_MINUTE && total <= ITEMS_A_MINUTE)) break;
        const waitMs = oldest.at + MINUTE_MS - now();
        onWait(waitMs);
        await sleep(waitMs);
      }
      sent.push({ at: now(), items });
    },
  };
}
