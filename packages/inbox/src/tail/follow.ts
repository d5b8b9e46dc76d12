import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { StoredRecord } from '../store/records.ts';

/** What the stream of the inbox tells beside records. */
interface Notice {
  readonly kind: 'clear' | 'removed' | 'faults' | 'skipped';
  readonly count?: number;
}

/** A message of the inbox: a record, or something about all of them. */
export type Message = StoredRecord | Notice;

/**
 * Reads the inbox's stream until it ends.
 *
 * @throws Error when the inbox cannot be reached, or is something else.
 */
export async function follow(url: string, signal: AbortSignal, onMessage: (message: Message) => void): Promise<void> {
  const response = await fetch(`${url}/api/stream`, { signal }).catch((cause: unknown) => {
    throw signal.aborted ? cause : new Error(`No inbox answers at ${url}: start one with npm start, or say --url.`);
  });
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body)
    throw new Error(`What answers at ${url} is no inbox (status ${response.status}): say --url.`);
  const lines = createInterface({
    input: Readable.fromWeb(response.body as never),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) if (line.startsWith('data: ')) onMessage(JSON.parse(line.slice(6)) as Message);
}

/** Tells records from the rest. */
export function isRecord(message: Message): message is StoredRecord {
  return 'receivedAt' in message;
}
