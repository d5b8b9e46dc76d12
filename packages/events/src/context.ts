/** Keys under which error context, extras, tags, breadcrumb data, log and span attributes may leave a process. */
export const contextKeys = [
  'action',
  'attempt',
  'code',
  'component',
  'duration_ms',
  'endpoint',
  'error_id',
  'field',
  'fingerprint',
  'job',
  'method',
  'microsite_id',
  'operation',
  'page',
  'path',
  'plan',
  'qr_id',
  'qr_type',
  'queue',
  'reason',
  'release',
  'route',
  'service',
  'status',
  'status_code',
  'step',
  'trace_id',
  'user_id',
] as const;

/** A planned context key. camelCase spellings (`qrId`) count as the same key. */
export type ContextKey = (typeof contextKeys)[number];
