import { type Fault, isRefusedOnDemand } from '../faults/fault.ts';
import { isJsonObject, type NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { FailedRecord, Outcome } from './answers.ts';
import { type EventContext, judgeEvent } from './event-rules.ts';
import { type Failure, invalidField, isOversized, LIMITS } from './limits.ts';
import { judgeProfile, type ProfileContext } from './profile-rules.ts';

type Verdict =
  | { readonly verdict: 'keep'; readonly record: NewRecord }
  | { readonly verdict: 'drop' | 'refuse'; readonly failure: Failure };

/** Judges and stores the events of one request that weighed `bytes`. */
export function ingestEvents(
  store: Store,
  candidates: readonly unknown[],
  bytes: number,
  context: EventContext,
  fault: Fault | null,
): Outcome {
  const judge = (candidate: unknown): Verdict => judgeEvent(candidate, context);
  return ingest(store, candidates, bytes, context.endpoint, context.now, fault, judge, insertIdOf);
}

/** Judges and stores the profile updates of one request that weighed `bytes`. */
export function ingestProfiles(
  store: Store,
  candidates: readonly unknown[],
  bytes: number,
  context: ProfileContext,
  fault: Fault | null,
): Outcome {
  const judge = (candidate: unknown): Verdict => judgeProfile(candidate, context);
  return ingest(store, candidates, bytes, context.endpoint, context.now, fault, judge, profileIdOf);
}

function ingest(
  store: Store,
  candidates: readonly unknown[],
  bytes: number,
  endpoint: string,
  now: number,
  fault: Fault | null,
  judge: (candidate: unknown) => Verdict,
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
        : judge(candidate);
    if (verdict.verdict === 'keep') {
      records.push(verdict.record);
      stored += 1;
      continue;
    }
    if (verdict.verdict === 'drop') dropped += 1;
    else failed.push({ index, id: idOf(candidate), ...verdict.failure });
    const record = verdict === OVERSIZED ? null : candidate;
    records.push({ kind: 'rejected', receivedAt: now, endpoint, ...verdict.failure, record });
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
