/** An event as the inbox has it. */
export interface StoredEvent {
  readonly event: string;
  readonly distinctId: string;
  readonly time: number;
  readonly insertId: string;
  /** Milliseconds since the epoch; the same for all of one request. */
  readonly receivedAt: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface StoredError {
  readonly eventId: string;
  readonly value: string;
  readonly event: {
    readonly tags?: { readonly fingerprint?: string };
    readonly contexts?: { readonly suppressed?: { readonly count: number; readonly summary?: boolean } };
  };
}

const MOST = 100_000;

/** What arrived, copies included. */
export async function readEvents(inbox: string): Promise<readonly StoredEvent[]> {
  const path = `/api/events?duplicates=1&limit=${MOST}`;
  const { events, evicted } = await read<{ events: StoredEvent[]; evicted: number }>(inbox + path);
  if (evicted > 0) throw new Error('The inbox has let go of events: the run is too long for it.');
  return events;
}

/** How many errors with this message happened: those that were sent, and those that their process only counted, by the fingerprint that both have. */
export async function countErrors(inbox: string, message: string): Promise<number> {
  const { errors } = await read<{ errors: StoredError[] }>(`${inbox}/api/errors?limit=${MOST}`);
  const unique = [...new Map(errors.map((error) => [error.eventId, error])).values()];
  const fingerprints = new Set(
    unique.flatMap(({ value, event }) => (value === message ? [event.tags?.fingerprint ?? ''] : [])),
  );
  return unique.reduce((total, { event }) => {
    if (!fingerprints.has(event.tags?.fingerprint ?? '')) return total;
    const { count = 0, summary = false } = event.contexts?.suppressed ?? {};
    return total + count + (summary ? 0 : 1);
  }, 0);
}

async function read<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
