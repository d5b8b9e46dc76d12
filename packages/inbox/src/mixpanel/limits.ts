/**
 * The documented limits of Mixpanel's ingestion API.
 * @see https://docs.mixpanel.com/reference/import-events
 */
export const LIMITS = {
  recordsPerRequest: 2000,
  /** Uncompressed: gzip does not raise it. */
  requestBytes: 10 * 1024 * 1024,
  recordBytes: 1024 * 1024,
  /** An event has fewer properties than this, and so has each nested object or list. */
  properties: 255,
  nesting: 3,
  /** Longer strings and names are cut, not refused. */
  stringLength: 255,
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
