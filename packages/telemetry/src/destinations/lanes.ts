import type { LaneDefinition } from '@qr/delivery';
import { readDeletionReply, readEnvelopeReply, readImportReply, readProfileReply } from './replies.ts';

/**
 * Limits of one request. Two pages of the vendor disagree on 2 or 10 MB; this keeps below the smaller one. Mixpanel reference, import-events.
 */
const mixpanelLimits = { maxBatchRecords: 2000, maxBatchBytes: 1_900_000, maxRecordBytes: 1_000_000 };

/** One endpoint at one destination each, with its own queue, so that one cannot block another. */
export const lanes = {
  /** Mixpanel's events. */
  import: { format: 'array', ...mixpanelLimits, readReply: readImportReply, acknowledge: imported },
  /** Mixpanel's user profiles. */
  engage: {
    format: 'array',
    ...mixpanelLimits,
    subjectOf: (record) => fieldOf(record, '$distinct_id'),
    // Within a text the quotation marks would be escaped.
    isErasureRequest: (record) => record.includes('"$delete":'),
    readReply: readProfileReply,
    acknowledge: updated,
  },
  /** Mixpanel's group profiles. */
  groups: {
    format: 'array',
    ...mixpanelLimits,
    subjectOf: (record) => `${fieldOf(record, '$group_key')} ${fieldOf(record, '$group_id')}`,
    readReply: readProfileReply,
    acknowledge: updated,
  },
  /** Mixpanel's deletion API. */
  deletions: {
    format: 'array',
    ...mixpanelLimits,
    requestsErasure: true,
    readReply: readDeletionReply,
    acknowledge: () => ({ status: 'ok', results: {} }),
  },
  /** The platform's own analytics-service. */
  analytics: { format: 'array', ...mixpanelLimits, readReply: readImportReply, acknowledge: imported },
  /** Errors for Sentry. */
  sentry: { format: 'envelope', readReply: readEnvelopeReply, acknowledge: () => ({}) },
} as const satisfies Record<string, LaneDefinition>;

export type LaneName = keyof typeof lanes;

export const laneNames = Object.keys(lanes) as readonly LaneName[];

function fieldOf(record: string, name: string): string {
  const value: unknown = (JSON.parse(record) as Readonly<Record<string, unknown>>)[name];
  return String(value);
}

function imported(records: number) {
  return { code: 200, num_records_imported: records, status: 'OK' };
}

function updated(records: number) {
  return { code: 200, num_good_events: records, status: 'OK' };
}
