import { type ReadReply, readDeletionReply, readEnvelopeReply, readImportReply, readProfileReply } from './replies.ts';

/** How the records of a lane travel, and how its receiver answers. Whatever differs between lanes is said here. */
export interface LaneDefinition {
  /** Records gathered into a JSON array, or a finished Sentry envelope each. */
  readonly format: 'array' | 'envelope';
  /** Whose record it is, where the records of one person must arrive in order: the last `$set` wins. */
  readonly subjectOf?: (record: string) => string;
  /** Whether all records ask for the erasure of a person, and so name the person for good reason. */
  readonly requestsErasure?: boolean;
  /** Whether this record does. */
  readonly isErasureRequest?: (record: string) => boolean;
  readonly readReply: ReadReply;
}

/** One endpoint at one destination each, with its own queue, so that one cannot block another. */
const definitions = {
  /** Mixpanel's events. */
  import: { format: 'array', readReply: readImportReply },
  /** Mixpanel's user profiles. */
  engage: {
    format: 'array',
    subjectOf: (record) => fieldOf(record, '$distinct_id'),
    // Within a text the quotation marks would be escaped.
    isErasureRequest: (record) => record.includes('"$delete":'),
    readReply: readProfileReply,
  },
  /** Mixpanel's group profiles. */
  groups: {
    format: 'array',
    subjectOf: (record) => `${fieldOf(record, '$group_key')} ${fieldOf(record, '$group_id')}`,
    readReply: readProfileReply,
  },
  /** Mixpanel's deletion API. */
  deletions: { format: 'array', requestsErasure: true, readReply: readDeletionReply },
  /** The platform's own analytics-service. */
  analytics: { format: 'array', readReply: readImportReply },
  /** Errors for Sentry. */
  sentry: { format: 'envelope', readReply: readEnvelopeReply },
} as const satisfies Record<string, LaneDefinition>;

export type LaneName = keyof typeof definitions;

export const laneDefinitions: Readonly<Record<LaneName, LaneDefinition>> = definitions;

export const laneNames = Object.keys(definitions) as readonly LaneName[];

function fieldOf(record: string, name: string): string {
  const value: unknown = (JSON.parse(record) as Readonly<Record<string, unknown>>)[name];
  return String(value);
}
