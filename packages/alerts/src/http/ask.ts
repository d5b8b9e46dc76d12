const TIMEOUT_MS = 10_000;
/** More of a page of HTML helps nobody. */
const MOST_OF_ANSWER = 200;

/** How one vendor is asked. */
interface AskOptions {
  /** For messages. */
  readonly vendor: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What to do about a status, or when there is no answer. */
  readonly advice: Readonly<Record<number, string>> & { readonly away?: string };
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal | undefined;
}

/** The inbox refuses nobody; mostly it is not there. */
export const INBOX_ADVICE = { away: 'Start it with npm start, or set INBOX_URL to where it is.' } as const;

/** Parameters of a query string; a list is the parameter several times. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Asks one question. */
type Ask = (path: string, parameters: Parameters) => Promise<unknown>;

/** Makes what asks a vendor's API for JSON. @throws Error with a sentence that holds neither a secret nor a query. */
export function createAsk({ vendor, origin, headers, advice, fetch, signal }: AskOptions): Ask {
  const name = `${vendor} at ${hostOf(origin)}`;
  return async (path, parameters) => {
    const query = Object.entries(parameters).flatMap(([key, value]) =>
      (typeof value === 'string' ? [value] : value).map((each): [string, string] => [key, each]),
    );
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(`${origin.replace(/\/$/, '')}${path}?${new URLSearchParams(query)}`, {
        headers,
        // Following a redirect would show the token to another host.
        redirect: 'error',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const text = await response.text();
      if (!response.ok) {
        const whatToDo = advice[response.status] ?? '';
        throw new AnswerError(`${name} answered ${response.status}${reasonIn(text)}. ${whatToDo}`.trimEnd());
      }
      return parse(text, name);
    } catch (error) {
      if (error instanceof AnswerError) throw error;
      throw new Error(`${name} ${reachText(error)}. ${advice.away ?? ''}`.trimEnd(), { cause: error });
    }
  };
}

/** An answer came, and is no use. */
class AnswerError extends Error {}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AnswerError(`${name} answered no JSON: is the address right?`);
  }
}

/** Both vendors say why in a field of their own. */
function reasonIn(text: string): string {
  try {
    const { error, detail, message } = JSON.parse(text) as Record<string, unknown>;
    const reason = [message, detail, error].find((field) => typeof field === 'string' && field !== '');
    return reason === undefined ? '' : `: ${String(reason).slice(0, MOST_OF_ANSWER).replace(/\.$/, '')}`;
  } catch {
    return '';
  }
}

/** The host of a URL, which may itself be a secret; never its path. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is none';
}

/** Why there was no answer, to follow a name: `cannot be reached (ECONNREFUSED)`. */
export function reachText(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be reached';
  if (error.name === 'TimeoutError') return 'did not answer in time';
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `cannot be reached (${code})` : 'cannot be reached';
}

/** Reading answers of others: what is not there, or of another kind, is undefined, empty or 0. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function fieldOf(value: unknown, name: string): unknown {
  return objectOf(value)[name];
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
