import { setTimeout as sleep } from 'node:timers/promises';
import { follow, isRecord, type Message } from './follow.ts';
import { lineOf } from './line.ts';
import { matches } from './matches.ts';
import type { TailOptions } from './options.ts';

/** Where {@link tail} writes. */
export interface Terminal {
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
