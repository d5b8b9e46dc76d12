/**
 * One endpoint at one destination each, with a batch, a spool and a sender of its own, so that one cannot block another:
 * Mixpanel's `/import`, `/engage`, `/groups` and its deletion API, the platform's own analytics-service, and Sentry's envelopes with errors.
 */
export const laneNames = ['import', 'engage', 'groups', 'deletions', 'analytics', 'sentry'] as const;

export type LaneName = (typeof laneNames)[number];

/** Why a record did not arrive. Every loss has exactly one of these. */
export type DropReason =
  | 'unplanned_event'
  | 'invalid_record'
  | 'forbidden_id'
  | 'too_large'
  | 'spool_overflow'
  | 'memory_overflow'
  | 'rejected'
  | 'forgotten'
  | 'torn'
  | 'closed';
