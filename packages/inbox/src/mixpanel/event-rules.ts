import { createHash, randomUUID } from 'node:crypto';
import { distinctIdOf, type IdMerge } from '../store/identity.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import {
  checkDistinctId,
  checkInsertId,
  checkShape,
  type Failure,
  invalidField,
  LIMITS,
  refuse,
  truncateStrings,
  truncateText,
  type Verdict,
} from './limits.ts';
import { placementOfEvent, type Sender } from './placement.ts';

/** How one endpoint looks at events. */
export interface EventContext {
  readonly endpoint: 'track' | 'import';
  /** `/import` only: all four of event, time, distinct_id and $insert_id must be there. */
  readonly strict: boolean;
  readonly now: number;
  /** Its address stands in for a missing distinct id on `/track`, as a hash. */
  readonly sender: Sender;
  readonly idMerge: IdMerge;
}

/** Applies the documented rules for one event of `/track` or `/import`. */
export function judgeEvent(candidate: unknown, context: EventContext): Verdict {
  if (!isJsonObject(candidate)) return refuse(invalidField('event', 'must be a JSON object'));
  const { event, properties } = candidate;
  if (typeof event !== 'string' || event === '') return refuse(invalidField('event', 'must be a non-empty string'));
  if (!isJsonObject(properties)) return refuse(invalidField('properties', 'must be a JSON object'));
  const failure =
    (context.endpoint === 'track' ? checkTrackFields(properties) : checkImportFields(event, properties, context)) ??
    checkIds(properties, context) ??
    checkShape(properties);
  if (failure !== undefined) return refuse(failure);
  if ('$ignore' in properties) return drop({ field: 'properties.$ignore', message: 'events with $ignore are dropped' });

  const { endpoint, now, sender, idMerge } = context;
  const time = timeMs(properties['time']) ?? now;
  if (endpoint === 'track' && now - time > LIMITS.trackAgeMs) {
    return drop(invalidField('properties.time', '/track keeps the last 5 days only; send older events to /import'));
  }
  const insertId = properties['$insert_id'];
  // Ids are cut like any text, so that a long one is the same wherever it stands.
  const cut = truncateStrings(properties);
  return {
    verdict: 'keep',
    record: {
      kind: 'event',
      receivedAt: now,
      endpoint,
      event: truncateText(event),
      distinctId: distinctIdOf(cut, idMerge) ?? anonymousId(sender.address),
      time: Math.min(time, now),
      insertId: typeof insertId === 'string' && insertId !== '' ? insertId : randomUUID(),
      properties: cut,
      placement: placementOfEvent(endpoint, properties, sender),
    },
  };
}

function checkTrackFields(properties: JsonObject): Failure | undefined {
  const { token, distinct_id: distinctId, $insert_id: insertId, time } = properties;
  if (typeof token !== 'string' || token === '')
    return invalidField('properties.token', 'must not be missing or empty');
  if (time !== undefined && timeMs(time) === undefined) return invalidTime();
  return (
    (distinctId === undefined ? undefined : checkDistinctId(distinctId, 'properties.distinct_id')) ??
    (insertId === undefined ? undefined : checkInsertId(insertId))
  );
}

function checkImportFields(event: string, properties: JsonObject, context: EventContext): Failure | undefined {
  const { now, strict } = context;
  const { distinct_id: distinctId, $insert_id: insertId } = properties;
  // Documented with its two ids and nothing else.
  if (event === '$merge' && properties['time'] === undefined) return undefined;
  if (strict && !Number.isSafeInteger(properties['time'])) return invalidTime();
  const time = timeMs(properties['time']);
  if (time === undefined) return invalidTime();
  if (time < LIMITS.earliestTimeMs) return invalidField('properties.time', 'must be after 1971-01-01');
  if (time > now + LIMITS.futureMs)
    return invalidField('properties.time', 'must not be more than 1 hour in the future');
  if (!strict) return undefined;
  if (distinctId === undefined) return invalidField('properties.distinct_id', 'must not be missing');
  if (insertId === undefined) return invalidField('properties.$insert_id', 'must not be missing');
  if (typeof distinctId === 'number') return invalidField('properties.distinct_id', 'must be a string');
  return checkDistinctId(distinctId, 'properties.distinct_id') ?? checkInsertId(insertId);
}

/** The ids of the simplified system become distinct ids, so the same values are forbidden. */
function checkIds(properties: JsonObject, { idMerge }: EventContext): Failure | undefined {
  if (idMerge === 'original') return undefined;
  for (const name of ['$user_id', '$device_id']) {
    const id = properties[name];
    const failure = typeof id === 'string' ? checkDistinctId(id, `properties.${name}`) : undefined;
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Seconds and milliseconds are both accepted; no event is from before 1971 in ms or after the year 5138 in s. */
function timeMs(time: unknown): number | undefined {
  const number = typeof time === 'string' && /^\d+$/.test(time) ? Number(time) : time;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.trunc(Math.abs(number) < 100_000_000_000 ? number * 1000 : number);
}

function invalidTime(): Failure {
  return invalidField('properties.time', 'must be specified as seconds since epoch');
}

function anonymousId(ip: string): string {
  return createHash('sha256').update(ip).digest('hex').slice(0, 32);
}

function drop(failure: Failure): Verdict {
  return { verdict: 'drop', failure };
}
