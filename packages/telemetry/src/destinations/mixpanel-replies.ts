import type { ReadReply, Refusal, Verdict } from '@qr/delivery';

const ACCEPTED: Verdict = { kind: 'accepted' };
const FOREIGN: Verdict = { kind: 'foreign' };
const REASON_LENGTH = 200;

/**
 * `/import`: `{ code: 200, num_records_imported: N }`, or `code: 400` with `failed_records`. Only a count that matches acknowledges a batch.
 * analytics-service answers alike. Mixpanel reference, import-events.
 */
export const readImportReply: ReadReply = ({ status, body }, records) => {
  const answer = parseObject(body);
  if (!answer) return FOREIGN;
  if (isRefusal(answer, status)) return refusal(answer, records);
  return answer['code'] === 200 ? count(answer, records) : FOREIGN;
};

/**
 * `/engage` and `/groups`, which answer in three forms: `1` or `0`, `{ status: 1 | 0, error }` and, with `strict=1`, that of `/import`. A 200 may
 * hold an error. Mixpanel reference, user profiles.
 */
export const readProfileReply: ReadReply = ({ status, body }, records) => {
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
export const readDeletionReply: ReadReply = ({ status, body }) => {
  const answer = parseObject(body);
  if (!answer) return FOREIGN;
  if (status === 400) return typeof answer['error'] === 'string' ? unnamed(answer) : FOREIGN;
  if (typeof answer.error === 'string' && answer.error !== '') return unnamed(answer);
  const isTaken = String(answer['status']).toLowerCase() === 'ok' || Object.hasOwn(answer, 'results');
  return isTaken ? ACCEPTED : FOREIGN;
};

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

export function parseObject(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}
