/** Bounds of a list or object as the value of one property. */
export interface ValueLimits {
  /** As JSON. What the vendor does beyond that is not said: it is refused here. */
  readonly bytes: number;
  /** A list has fewer. */
  readonly elements: number;
}

/**
 * The documented limits of Mixpanel's ingestion API.
 * @see https://docs.mixpanel.com/reference/import-events
 * @see https://docs.mixpanel.com/docs/data-structure/property-reference/data-type
 */
export const LIMITS = {
  recordsPerRequest: 2000,
  /** Uncompressed: gzip does not raise it. */
  requestBytes: 10 * 1024 * 1024,
  recordBytes: 1024 * 1024,
  /** An event has fewer properties than this, and so has each nested object or list. */
  properties: 255,
  nesting: 3,
  /** Longer strings and names are cut, not refused. One page says characters, the other bytes: the shorter holds. */
  stringBytes: 255,
  eventValue: { bytes: 8 * 1024, elements: 255 },
  /** A list on a profile is bounded by its weight alone: it would never reach it with so few elements. */
  profileValue: { bytes: 256 * 1024, elements: Number.POSITIVE_INFINITY },
  profileProperties: 2000,
  insertIdBytes: 36,
  earliestTimeMs: Date.UTC(1971, 0, 1),
  futureMs: 60 * 60 * 1000,
  /** `/track` drops what is older and answers as if it had not. */
  trackAgeMs: 5 * 24 * 60 * 60 * 1000,
} as const;

/** Values that mean a bug in the sender, refused as `distinct_id` and as `$insert_id`. */
export const FORBIDDEN_IDS: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000',
  'anon',
  'anonymous',
  'nil',
  'none',
  'null',
  'n/a',
  'na',
  'undefined',
  'unknown',
  '<nil>',
  '0',
  '-1',
  'true',
  'false',
  '[]',
  '{}',
]);
