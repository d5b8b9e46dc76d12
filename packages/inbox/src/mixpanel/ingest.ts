import { type Fault, isRefusedOnDemand } from '../faults/fault.ts';
import { isJsonObject, type NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { FailedRecord, Outcome } from './answers.ts';
import { type EventContext, judgeEvent } from './event-rules.ts';
import { invalidField, isOversized, LIMITS, type Verdict } from './limits.ts';
import { judgeProfile, type ProfileContext } from './profile-rules.ts';

/** The records of one request, which weighed `bytes`. */
interface Batch<Context> {
  readonly store: Store;
  readonly candidates: readonly unknown[];
  readonly bytes: number;
  readonly fault: Fault | null;
  readonly context: Context;
}

/** Judges and stores the events of one request. */
export function ingestEvents(batch: Batch<EventContext>): Outcome {
  return ingest(batch, judgeEvent, insertIdOf);
}

/** Judges and stores the profile updates of one request. */
export function ingestProfiles(batch: Batch<ProfileContext>): Outcome {
  return ingest(batch, judgeProfile, profileIdOf);
}

function ingest<Context extends { readonly endpoint: string; readonly now: number }>(
  { store, candidates, bytes, fault, context }: Batch<Context>,
  judge: (candidate: unknown, context: Context) => Verdict,
  idOf: (candidate: unknown) => string,
): Outcome {
  const records: NewRecord[] = [];
  const failed: FailedRecord[] = [];
  let stored = 0;
  let dropped = 0;
  const mayHoldOversized = bytes > LIMITS.recordBytes;
  for (const [index, candidate] of candidates.entries()) {
    const verdict = isRefusedOnDemand(fault, index)
      ? ON_DEMAND
      : mayHoldOversized && isOversized(candidate)
        ? OVERSIZED
        : judge(candidate, context);
    if (verdict.verdict === 'keep') {
      records.push(verdict.record);
      stored += 1;
      continue;
    }
    if (verdict.verdict === 'drop') dropped += 1;
    else failed.push({ index, id: idOf(candidate), ...verdict.failure });
    const record = verdict === OVERSIZED ? null : candidate;
    records.push({ kind: 'rejected', receivedAt: context.now, endpoint: context.endpoint, ...verdict.failure, record });
  }
  store.add(records, bytes);
  return { stored, dropped, failed };
}

const OVERSIZED: Verdict = {
  verdict: 'refuse',
  failure: invalidField('data', `must be smaller than ${LIMITS.recordBytes} bytes`),
};

const ON_DEMAND: Verdict = { verdict: 'refuse', failure: invalidField('data', 'refused on demand') };

function insertIdOf(candidate: unknown): string {
  const properties = isJsonObject(candidate) ? candidate['properties'] : undefined;
  const insertId = isJsonObject(properties) ? properties['$insert_id'] : undefined;
  return typeof insertId === 'string' ? insertId : '';
}

function profileIdOf(candidate: unknown): string {
  const id = isJsonObject(candidate) ? (candidate['$distinct_id'] ?? candidate['$group_id']) : undefined;
  return typeof id === 'string' ? id : '';
}
