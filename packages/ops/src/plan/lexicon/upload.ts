import { type LexiconEntry, sizeOf } from './entry.ts';
import type { LexiconClient } from './lexicon-client.ts';
import { MAX_ITEMS_A_REQUEST } from './pace.ts';

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
