import { gunzipSync } from 'node:zlib';
import { createHttpClient } from '../src/http.ts';
import type { LaneDefinition, PersonIds, ReadReply, Refusal, Transport, Verdict } from '../src/index.ts';
import { createMemoryTransport as createTransport, type MemoryTransport } from '../src/testing.ts';

export type { MemoryTransport, Transport };

/** Answers with the number of records that it has taken, or lists those that it refuses. */
const readReply: ReadReply = ({ status, body }, records) => {
  const answer = parse(body);
  if (!answer) return { kind: 'foreign' };
  const { code, num_records_imported: taken, failed_records: failed, error } = answer;
  if (Array.isArray(failed) && failed.length > 0) return refused(failed);
  if (code === 400) return { kind: 'refused_unnamed', reason: String(error) };
  return { kind: code === 200 && taken === records && status !== 400 ? 'accepted' : 'foreign' };
};

/** Answers `{}`, or why it refuses the whole request. */
const readEnvelopeReply: ReadReply = ({ body }) => {
  const answer = parse(body);
  if (typeof answer?.['detail'] === 'string') return { kind: 'refused_unnamed', reason: answer['detail'] };
  return { kind: answer && Object.keys(answer).length === 0 ? 'accepted' : 'foreign' };
};

const arrays = {
  format: 'array',
  readReply,
  acknowledge: (records) => ({ code: 200, num_records_imported: records, status: 'OK' }),
} as const satisfies LaneDefinition;

/** A lane of each kind. */
export const lanes = {
  /** Events. */
  import: arrays,
  /** Updates of profiles, whose order matters. */
  engage: {
    ...arrays,
    subjectOf: (record) => String((JSON.parse(record) as Record<string, unknown>)['$distinct_id']),
    isErasureRequest: (record) => record.includes('"$delete":'),
  },
  groups: { ...arrays, subjectOf: (record) => String((JSON.parse(record) as Record<string, unknown>)['$group_id']) },
  /** Requests to erase a person. */
  deletions: { ...arrays, requestsErasure: true },
  /** Events once more, for another receiver. */
  analytics: arrays,
  /** Errors. */
  sentry: { format: 'envelope', readReply: readEnvelopeReply, acknowledge: () => ({}) },
} as const satisfies Record<string, LaneDefinition>;

export const personIds: PersonIds = { fields: ['distinct_id', '$distinct_id', '$distinct_ids', '$group_id'] };

/** Posts batches to a server. Updates of profiles travel uncompressed, as some receivers want it. */
export function createHttpTransport(origin: string, timeoutMs = 10_000): Transport {
  const client = createHttpClient({ origin, timeoutMs, warn: () => {} });
  return {
    send: (lane, { body }) =>
      lane === 'engage' ? client.postText('/engage', {}, gunzipSync(body)) : client.post(`/${lane}`, {}, body),
    close: () => client.close(),
  };
}

/** A transport that answers as the receivers of these lanes do. */
export function createMemoryTransport(): MemoryTransport {
  return createTransport(lanes);
}

function refused(failed: readonly unknown[]): Verdict {
  const refusals = new Map<number, Refusal>();
  for (const each of failed as readonly {
    readonly index: number;
    readonly message?: string;
    readonly field?: string;
  }[]) {
    const { index, message = 'refused', field } = each;
    refusals.set(index, { reason: message, ...(field !== undefined && { field }) });
  }
  return { kind: 'refused', refusals };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
