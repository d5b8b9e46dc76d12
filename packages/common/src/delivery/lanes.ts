import { type ReadReply, readDeletionReply, readEnvelopeReply, readImportReply, readProfileReply } from './replies.ts';

/** How the records of a lane travel, and how its receiver answers. Whatever differs between lanes is said here. */
export interface LaneDefinition {
  /** Records gathered into a JSON array, or a finished Sentry envelope each. */
  readonly format: 'array' | 'envelope';
  /** Whether records of one person must arrive in order: the last `$set` wins. */
  readonly isOrdered: boolean;
  /** Whether records ask for the removal of a person, and so name the person for good reason. */
  readonly requestsErasure: boolean;
  readonly readReply: ReadReply;
}

/** One endpoint at one destination each, with its own queue, so that one cannot block another. */
const definitions = {
  /** Mixpanel's events. */
  import: { format: 'array', isOrdered: false, requestsErasure: false, readReply: readImportReply },
  /** Mixpanel's user profiles. */
  engage: { format: 'array', isOrdered: true, requestsErasure: false, readReply: readProfileReply },
  /** Mixpanel's group profiles. */
  groups: { format: 'array', isOrdered: true, requestsErasure: false, readReply: readProfileReply },
  /** Mixpanel's deletion API. */
  deletions: { format: 'array', isOrdered: false, requestsErasure: true, readReply: readDeletionReply },
  /** The platform's own analytics-service. */
  analytics: { format: 'array', isOrdered: false, requestsErasure: false, readReply: readImportReply },
  /** Errors for Sentry. */
  sentry: { format: 'envelope', isOrdered: false, requestsErasure: false, readReply: readEnvelopeReply },
} as const satisfies Record<string, LaneDefinition>;

export type LaneName = keyof typeof definitions;

export const laneDefinitions: Readonly<Record<LaneName, LaneDefinition>> = definitions;

export const laneNames = Object.keys(definitions) as readonly LaneName[];
