import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredRecord } from '../store/records.ts';
import { lineOf, matches } from './line.ts';
import type { TailOptions } from './options.ts';

/** Where {@link tail} writes. */
interface Terminal {
  readonly hasColors: boolean;
  out(line: string): void;
  /** What is no record: not mixed into what tools read. */
  note(line: string): void;
}

const RECONNECT_MS = 1000;

/**
 * Prints what the inbox receives until `signal` ends it. An inbox that goes away is waited for.
 *
 * @throws Error when no inbox answers at first.
 */
export async function tail(options: TailOptions, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  // A reader that reconnects is told everything again. By time, then by number: an inbox that starts anew may count from 1 again.
  let last = { receivedAt: 0, id: -1 };
  const onMessage = (message: Message): void => {
    if (!isRecord(message)) {
      if (message.kind === 'clear') terminal.note('The inbox was cleared.');
      if (message.kind === 'skipped') terminal.note(`${message.count} records came faster than they could be read.`);
      return;
    }
    const { receivedAt, id } = message;
    if (receivedAt < last.receivedAt || (receivedAt === last.receivedAt && id <= last.id)) return;
    last = { receivedAt, id };
    if (options.onlyNew && receivedAt < startedAt) return;
    if (!matches(message, options)) return;
    terminal.out(
      options.json ? JSON.stringify(message) : lineOf(message, { utc: options.utc, hasColors: terminal.hasColors }),
    );
  };

  let wasThere = false;
  while (!signal.aborted) {
    try {
      await follow(options.url, signal, (message) => {
        wasThere = true;
        onMessage(message);
      });
      wasThere = true;
      terminal.note('The inbox has ended; waiting for it to come back.');
    } catch (error) {
      if (signal.aborted) return;
      if (!wasThere) throw error;
    }
    await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

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
