import type { InboxData } from '../inbox-data.ts';
import { RECORD_KINDS, type RecordKind } from '../store/records.ts';

interface KindStats {
  readonly stored: number;
  /** Gone to make room since the start or the last clear. */
  readonly evicted: number;
  readonly bytes: number;
}

/** Counts and memory, for the top of the page and for whoever watches the inbox itself. */
export interface Stats {
  readonly kinds: Readonly<Record<RecordKind, KindStats>>;
  readonly profiles: number;
  readonly raw: { readonly kept: boolean; readonly evicted: number };
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number };
}

export function statsOf({ store, rawLog }: InboxData): Stats {
  const kinds = RECORD_KINDS.map((kind) => {
    const { length, evicted, bytes } = store.of(kind);
    return [kind, { stored: length, evicted, bytes: Math.round(bytes) }] as const;
  });
  const { rss, heapUsed } = process.memoryUsage();
  return {
    // `fromEntries` forgets the key type; RECORD_KINDS names every kind.
    kinds: Object.fromEntries(kinds) as Record<RecordKind, KindStats>,
    profiles: store.profiles.size,
    raw: { kept: rawLog !== undefined, evicted: rawLog?.evicted ?? 0 },
    memory: { rssBytes: rss, heapUsedBytes: heapUsed },
  };
}
