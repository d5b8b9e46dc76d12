import type { StoredRecord } from '../../../src/store/records.ts';

/** What the page knows at one moment of what arrives. */
export interface FeedSnapshot {
  readonly isConnected: boolean;
  /** Newest first, the last ones only. */
  readonly records: readonly StoredRecord[];
  /** Grows when records are gone: what was held back is void. */
  readonly epoch: number;
  /** Grows with each change, for whoever asks the API again after one. */
  readonly revision: number;
  /** Grows when the faults to come change. */
  readonly faults: number;
  /** Records that the inbox did not send because the page could not keep up. */
  readonly skipped: number;
}

/** A message of the stream: a record, or news about the stream itself. */
export type FeedMessage =
  | StoredRecord
  | { readonly kind: 'clear' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'faults' }
  | { readonly kind: 'skipped'; readonly count: number };

const MAX_RECORDS = 2000;

export const EMPTY: FeedSnapshot = {
  isConnected: false,
  records: [],
  epoch: 0,
  revision: 0,
  faults: 0,
  skipped: 0,
};

/** The snapshot after a batch of messages, in the order in which they came. */
export function advance(before: FeedSnapshot, messages: readonly FeedMessage[]): FeedSnapshot {
  let { records, epoch, faults, skipped } = before;
  let arrived: StoredRecord[] = [];
  for (const message of messages) {
    if (message.kind === 'clear') {
      arrived = [];
      records = [];
      epoch += 1;
    } else if (message.kind === 'faults') faults += 1;
    else if (message.kind === 'skipped') skipped += message.count;
    else if (message.kind !== 'removed') arrived.push(message);
  }
  if (arrived.length > 0) records = [...arrived.reverse(), ...records].slice(0, MAX_RECORDS);
  return { ...before, records, epoch, faults, skipped, revision: before.revision + 1 };
}
