/** Why a record did not arrive. Every loss has exactly one of these; a rejected record that is later discarded from the dead letters has both. */
export type DropReason =
  | 'unplanned_event'
  | 'invalid_record'
  | 'forbidden_id'
  | 'too_large'
  | 'spool_overflow'
  | 'memory_overflow'
  | 'rejected'
  /** Rejected before, and now discarded from the dead letters because these are full. */
  | 'dead_letter_overflow'
  | 'forgotten'
  /** Cut off or damaged on disk; what can be kept of it is in the folder of corrupted files. */
  | 'torn'
  /** Tracked before analytics were turned on, more than are kept. */
  | 'not_initialized'
  | 'closed'
  /** A page handed it over in a form that cannot be read, or the plan does not let a page send it. */
  | 'refused'
  /** A page handed over more at once than one report may hold. */
  | 'over_limit'
  /** Errors of pages beyond their budget. */
  | 'over_budget'
  /** More than the share of one address while the receiver is away. */
  | 'over_share'
  /** Dropped by the page itself, and reported as a number. */
  | 'dropped_by_page';
