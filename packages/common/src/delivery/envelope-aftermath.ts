import { readText } from './compress.ts';
import type { DeadLetters } from './dead-letters.ts';
import { readPayloads } from './envelope.ts';
import type { Aftermath } from './sender.ts';

/** What becomes of an envelope that Sentry refuses: it is a single record, refused as a whole. */
export function createEnvelopeAftermath(
  deadLetters: DeadLetters,
  warn: (message: string) => void,
  now: () => number,
): Aftermath {
  return {
    async quarantine(batch, lane, reason) {
      const record = await readText(batch.body)
        .then(readPayloads)
        .catch(() => null);
      await deadLetters.add(lane, [{ reason, record }], now());
      warn(`An error event was refused and put into dead/${lane}.ndjson: ${reason}`);
      return batch.records;
    },
    split: async () => [],
  };
}
