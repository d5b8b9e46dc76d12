import type { StoredRecord } from '../../store/records.ts';

/** One record as one row. Long values are cut: the whole record is at `/api/records/:id`. */
export interface RecordRow {
  readonly kind: StoredRecord['kind'];
  readonly id: number;
  readonly receivedAt: number;
  readonly record: StoredRecord;
  readonly traceId: string | null;
  readonly userId: string | null;
  /** How many times the record was received; more than 1 for an event whose `$insert_id` was repeated. */
  readonly repeats: number;
}

const MAX_KEYS = 24;
const MAX_TEXT = 300;

/** The record without what a row has no room for: payloads of Sentry, long texts, many properties. */
export function preview(record: StoredRecord): StoredRecord {
  if (record.kind === 'error') return { ...record, value: cutText(record.value), event: {} };
  if (record.kind === 'item') return { ...record, payload: null };
  return cut(record) as StoredRecord;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, MAX_KEYS).map(cut);
  const entries = Object.entries(value).slice(0, MAX_KEYS);
  return Object.fromEntries(entries.map(([key, inner]) => [key, cut(inner)]));
}

function cutText(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
