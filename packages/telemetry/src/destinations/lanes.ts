import type { LaneDefinition, ReadReply, Refusal, Verdict } from '@qr/delivery';

// The endpoints of the built-in destinations, and how their receivers answer. Nothing here sends: `qr-obs` reads spools without loading an HTTP client.

const ACCEPTED: Verdict = { kind: 'accepted' };
const FOREIGN: Verdict = { kind: 'foreign' };
const REASON_LENGTH = 200;

/**
 * `/import`: `{ code: 200, num_records_imported: N }`, or `code: 400` with `failed_records`. Only a count that matches acknowledges a batch.
 * analytics-service answers alike. Mixpanel reference, import-events.
 */
const readImportReply: ReadReply = ({ status, body }, records) => {
  const answer = parseObject(body);
  if (!answer) return FOREIGN;
  if (isRefusal(answer, status)) return refusal(answer, records);
  return answer['code'] === 200 ? count(answer, records) : FOREIGN;
};

/**
 * `/engage` and `/groups`, which answer in three forms: `1` or `0`, `{ status: 1 | 0, error }` and, with `strict=1`, that of `/import`. A 200 may
 * hold an error. Mixpanel reference, user profiles.
 */
const readProfileReply: ReadReply = ({ status, body }, records) => {
  const text = body.trim();
  if (status !== 400 && text === '1') return ACCEPTED;
  if (text === '0') return { kind: 'refused_unnamed', reason: 'the receiver answered 0' };
  const answer = parseObject(text);
  if (!answer) return FOREIGN;
  if (isRefusal(answer, status)) return refusal(answer, records);
  if (status === 400) return FOREIGN;
  if (answer['status'] === 1 && countOf(answer) === undefined) return ACCEPTED;
  return answer['code'] === 200 || answer['status'] === 1 ? count(answer, records) : FOREIGN;
};

/** The deletion API: `{ status: 'ok', results }`. Mixpanel reference, GDPR API version 3. */
const readDeletionReply: ReadReply = ({ status, body }) => {
  const answer = parseObject(body);
  if (!answer) return FOREIGN;
  if (status === 400) return typeof answer['error'] === 'string' ? unnamed(answer) : FOREIGN;
  if (typeof answer.error === 'string' && answer.error !== '') return unnamed(answer);
  const isTaken = String(answer['status']).toLowerCase() === 'ok' || Object.hasOwn(answer, 'results');
  return isTaken ? ACCEPTED : FOREIGN;
};

/** Relay: `{ id }` or `{}`, and `{ detail, causes }` for a refusal of the whole envelope. */
const readEnvelopeReply: ReadReply = ({ status, body }) => {
  const answer = parseObject(body);
  if (!answer) return FOREIGN;
  if (typeof answer['detail'] === 'string') {
    const causes = Array.isArray(answer['causes']) ? answer['causes'] : [];
    const parts = [answer['detail'], ...causes].filter((part) => typeof part === 'string');
    return { kind: 'refused_unnamed', reason: parts.join(': ').slice(0, REASON_LENGTH) };
  }
  const isTaken = typeof answer['id'] === 'string' || Object.keys(answer).length === 0;
  return status !== 400 && isTaken ? ACCEPTED : FOREIGN;
};

/** Any 2xx acknowledges a batch, as is the custom with webhooks; nothing else says anything about its records. */
const readWebhookReply: ReadReply = ({ status }) => (status < 300 ? { kind: 'accepted' } : { kind: 'foreign' });

/** `{ status: 1 }` or `{ status: 'Ok' }`; a 400 refuses the whole request. https://posthog.com/docs/api/capture */
const readPosthogReply: ReadReply = ({ status, body }) => {
  const answer = parseObject(body);
  if (status === 400 && typeof answer?.['detail'] === 'string') {
    return { kind: 'refused_unnamed', reason: answer['detail'].slice(0, 200) };
  }
  return status < 300 && (answer?.['status'] === 1 || answer?.['status'] === 'Ok')
    ? { kind: 'accepted' }
    : { kind: 'foreign' };
};

/**
 * Limits of one request. Two pages of the vendor disagree on 2 or 10 MB; this keeps below the smaller one. Mixpanel reference, import-events.
 */
const MIXPANEL_LIMITS = { maxBatchRecords: 2000, maxBatchBytes: 1_900_000, maxRecordBytes: 1_000_000 };

export const mixpanelLanes = {
  import: { format: 'array', ...MIXPANEL_LIMITS, readReply: readImportReply, acknowledge: imported },
  /** User profiles. */
  engage: {
    format: 'array',
    ...MIXPANEL_LIMITS,
    subjectOf: (record) => fieldOf(record, '$distinct_id'),
    // Within a text the quotation marks would be escaped.
    isErasureRequest: (record) => record.includes('"$delete":'),
    readReply: readProfileReply,
    acknowledge: updated,
  },
  /** Group profiles. */
  groups: {
    format: 'array',
    ...MIXPANEL_LIMITS,
    subjectOf: (record) => `${fieldOf(record, '$group_key')} ${fieldOf(record, '$group_id')}`,
    readReply: readProfileReply,
    acknowledge: updated,
  },
  /** The deletion API. */
  deletions: {
    format: 'array',
    ...MIXPANEL_LIMITS,
    requestsErasure: true,
    readReply: readDeletionReply,
    acknowledge: () => ({ status: 'ok', results: {} }),
  },
} as const satisfies Record<string, LaneDefinition>;

export const analyticsServiceLanes = {
  analytics: { format: 'array', ...MIXPANEL_LIMITS, readReply: readImportReply, acknowledge: imported },
} as const satisfies Record<string, LaneDefinition>;

export const webhookLanes = {
  webhook: { format: 'array', maxBatchRecords: 500, readReply: readWebhookReply, acknowledge: () => ({}) },
} as const satisfies Record<string, LaneDefinition>;

export const posthogLanes = {
  posthog: { format: 'array', readReply: readPosthogReply, acknowledge: () => ({ status: 'Ok' }) },
} as const satisfies Record<string, LaneDefinition>;

/** Errors for Sentry: one finished envelope a request. */
const sentryLanes = {
  sentry: { format: 'envelope', readReply: readEnvelopeReply, acknowledge: () => ({}) },
} as const satisfies Record<string, LaneDefinition>;

/** All of them: a spool may hold files of each. */
export const lanes = {
  ...mixpanelLanes,
  ...analyticsServiceLanes,
  ...webhookLanes,
  ...posthogLanes,
  ...sentryLanes,
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

type Answer = Readonly<Partial<Record<'code' | 'status' | 'error' | 'failed_records', unknown>>> &
  Readonly<Record<string, unknown>>;

function count(answer: Answer, records: number): Verdict {
  return countOf(answer) === records ? ACCEPTED : FOREIGN;
}

function countOf(answer: Answer): unknown {
  return answer['num_records_imported'] ?? answer['num_good_events'] ?? undefined;
}

function refusal(answer: Answer, records: number): Verdict {
  const { failed_records: failed } = answer;
  const refusals = new Map<number, Refusal>();
  for (const each of Array.isArray(failed) ? (failed as readonly unknown[]) : []) {
    const { index, field, message } = (each ?? {}) as Record<string, unknown>;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= records) continue;
    if (refusals.has(index)) continue;
    const reason = typeof message === 'string' ? message : reasonOf(answer);
    refusals.set(index, { reason, ...(typeof field === 'string' && { field }) });
  }
  return refusals.size > 0 ? { kind: 'refused', refusals } : unnamed(answer);
}

function unnamed(answer: Answer): Verdict {
  return { kind: 'refused_unnamed', reason: reasonOf(answer) };
}

function reasonOf({ error, status }: Answer): string {
  return String(typeof error === 'string' ? error : (status ?? 'refused')).slice(0, REASON_LENGTH);
}

/** Whether the vendor refuses something, in one of its forms; a proxy's JSON has none of them. */
function isRefusal({ code, status, error, failed_records: failed }: Answer, httpStatus: number): boolean {
  if (code === 400 || status === 0 || Array.isArray(failed)) return true;
  // `error` is `null` or empty in a reply that acknowledges.
  if (typeof error !== 'string' || error === '') return false;
  return httpStatus === 400 ? typeof status === 'string' : code === 200 || status === 1;
}

function parseObject(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}
