import { listAt, objectAt } from '../sentry/fields.ts';
import { framesOf, mainException } from '../sentry/grouping.ts';
import type { JsonObject, StoredError } from '../store/records.ts';
import { issueFinder, suppressedBy } from './suppressed.ts';

/** Errors with the same cause, as one thing to look at. */
export interface Issue {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly value: string;
  readonly level: string;
  readonly service: string | null;
  /** Of the errors still in memory. */
  readonly count: number;
  /** Errors that their sender only counted; the errors of the issue tell of them. */
  readonly suppressed: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** How many different users met it. */
  readonly users: number;
  readonly latestEventId: string;
  readonly latest: IssueEvent;
}

/** What one needs to see of an issue's latest error. */
export interface IssueEvent {
  readonly eventId: string;
  readonly time: number;
  /** As sent: the call that threw is last. */
  readonly frames: readonly JsonObject[];
  readonly tags: JsonObject;
  readonly traceId: string | null;
  readonly user: JsonObject;
  readonly breadcrumbs: readonly JsonObject[];
  readonly contexts: JsonObject;
  readonly extra: JsonObject;
  readonly request: JsonObject;
}

/** Groups errors by issue, the issue seen last first. */
export function groupIssues(errors: Iterable<StoredError>): Issue[] {
  const all = [...errors];
  const idOf = issueFinder(all);
  const groups = new Map<string, StoredError[]>();
  for (const error of all) {
    const id = idOf(error);
    const group = groups.get(id) ?? [];
    group.push(error);
    // Re-inserting moves the group to the end of the map: the last key is the issue seen last.
    groups.delete(id);
    groups.set(id, group);
  }
  return [...groups.values()].reverse().map(toIssue);
}

function toIssue(all: readonly StoredError[]): Issue {
  const sent = all.filter((error) => !suppressedBy(error).isSummary);
  // The errors that a summary tells of may be gone, or of another project.
  const errors = sent.length > 0 ? sent : all;
  const latest = errors.at(-1);
  const first = errors[0];
  if (latest === undefined || first === undefined)
    throw new Error('an issue has at least one error: grouping is broken');
  const { type, value } = latest;
  return {
    id: latest.issueId,
    title: value === '' ? type : type === 'Message' ? value : `${type}: ${value}`,
    type,
    value,
    level: latest.level,
    service: latest.service,
    count: sent.length,
    suppressed: all.reduce((sum, error) => sum + suppressedBy(error).count, 0),
    firstSeen: first.time,
    lastSeen: latest.time,
    users: new Set(errors.map(({ userId }) => userId).filter((userId) => userId !== null)).size,
    latestEventId: latest.eventId,
    latest: toIssueEvent(latest),
  };
}

export function toIssueEvent({ eventId, time, traceId, event }: StoredError): IssueEvent {
  const crumbs = event['breadcrumbs'];
  return {
    eventId,
    time,
    frames: framesOf(mainException(event) ?? {}),
    tags: objectAt(event, 'tags'),
    traceId,
    user: objectAt(event, 'user'),
    // A list in current SDKs, { values } in older ones.
    breadcrumbs: Array.isArray(crumbs)
      ? listAt(event, 'breadcrumbs')
      : listAt(objectAt(event, 'breadcrumbs'), 'values'),
    contexts: objectAt(event, 'contexts'),
    extra: objectAt(event, 'extra'),
    request: objectAt(event, 'request'),
  };
}
