/** The endpoints of the vendor's ingestion API; each has a lane of its own, so that one cannot block another. */
export const laneNames = ['import', 'engage', 'groups'] as const;

export type LaneName = (typeof laneNames)[number];

/** Why a record did not arrive. Every loss has exactly one of these. */
export type DropReason =
  | 'unplanned_event'
  | 'invalid_record'
  | 'forbidden_id'
  | 'too_large'
  | 'queue_overflow'
  | 'rejected'
  | 'forgotten'
  | 'closed';

/** One encoded record on its way: a JSON object as text, and whose it is. */
export interface EncodedRecord {
  readonly json: string;
  readonly distinctId: string;
}
