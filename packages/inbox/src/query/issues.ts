import { readFile, rename, writeFile } from 'node:fs/promises';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { objectAt, textAt } from '../sentry/fields.ts';
import type { JsonObject, StoredError } from '../store/records.ts';
import { breadcrumbsOf, type ExceptionView, exceptionsOf, type Highlights, highlightsOf } from './error-parts.ts';
import { tagsOf } from './facets.ts';

export const ISSUE_STATUSES = ['unresolved', 'resolved', 'ignored'] as const;
export type IssueStatus = (typeof ISSUE_STATUSES)[number];

/** Errors with the same cause, as one thing to look at. */
export interface Issue {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly value: string;
  readonly level: string;
  readonly service: string | null;
  readonly status: IssueStatus;
  /** Unresolved because it happened again after it was resolved. */
  readonly isRegressed: boolean;
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
  /** Of the exception that was thrown last, as sent: the call that threw is last. */
  readonly frames: readonly JsonObject[];
  /** The one that was thrown last first, then what caused it. */
  readonly exceptions: readonly ExceptionView[];
  readonly highlights: Highlights;
  readonly tags: JsonObject;
  readonly traceId: string | null;
  readonly user: JsonObject;
  /** In order of time. */
  readonly breadcrumbs: readonly JsonObject[];
  readonly contexts: JsonObject;
  readonly extra: JsonObject;
  readonly request: JsonObject;
}

/** How to group errors into issues. */
interface Grouping {
  /** What readers have decided. @default nothing: all issues are unresolved */
  readonly marks?: ReadonlyMap<string, IssueMark>;
  /** Counts only errors that pass; whether an issue has regressed is decided by all of its errors. @default all */
  readonly counts?: (error: StoredError) => boolean;
}

/** Groups errors by issue, the issue seen last first. An issue without an error that counts is left out. */
export function groupIssues(errors: Iterable<StoredError>, { marks, counts }: Grouping = {}): Issue[] {
  return [...errorsByIssue(errors)].reverse().flatMap(([id, all]) => {
    const counted = counts === undefined ? all : all.filter(counts);
    return counted.length === 0 ? [] : [toIssue(id, counted, statusOf(all, marks?.get(id)))];
  });
}

/** Returns the errors of each issue in order of arrival; the issue seen last comes last. */
export function errorsByIssue(errors: Iterable<StoredError>): Map<string, StoredError[]> {
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
  return groups;
}

function statusOf(all: readonly StoredError[], mark: IssueMark | undefined): Pick<Issue, 'status' | 'isRegressed'> {
  if (mark === undefined) return { status: 'unresolved', isRegressed: false };
  const last = lastSent(all);
  // Ids begin at 1 again in a data file that is new; the clock goes on.
  const isRegressed =
    mark.status === 'resolved' && last !== undefined && (last.id > mark.lastId || last.receivedAt > mark.at);
  return { status: isRegressed ? 'unresolved' : mark.status, isRegressed };
}

/** Returns the last error of an issue. A summary tells of earlier errors, and counts only when it is all there is. */
export function lastSent(errors: readonly StoredError[]): StoredError | undefined {
  return errors.findLast((error) => !suppressedBy(error).isSummary) ?? errors.at(-1);
}

function toIssue(id: string, all: readonly StoredError[], status: Pick<Issue, 'status' | 'isRegressed'>): Issue {
  const sent = all.filter((error) => !suppressedBy(error).isSummary);
  // The errors that a summary tells of may be gone, or of another project.
  const errors = sent.length > 0 ? sent : all;
  const latest = errors.at(-1);
  if (latest === undefined) throw new Error('an issue has at least one error: grouping is broken');
  const { type, value } = latest;
  return {
    id,
    title: value === '' ? type : type === 'Message' ? value : `${type}: ${value}`,
    type,
    value,
    level: latest.level,
    service: latest.service,
    ...status,
    count: sent.length,
    suppressed: all.reduce((sum, error) => sum + suppressedBy(error).count, 0),
    // Errors may arrive late, and in another order than they happened.
    firstSeen: errors.reduce((earliest, { time }) => Math.min(earliest, time), latest.time),
    lastSeen: errors.reduce((last, { time }) => Math.max(last, time), latest.time),
    users: new Set(errors.map(({ userId }) => userId).filter((userId) => userId !== null)).size,
    latestEventId: latest.eventId,
    latest: toIssueEvent(latest),
  };
}

export function toIssueEvent(error: StoredError): IssueEvent {
  const { eventId, time, traceId, event } = error;
  const exceptions = exceptionsOf(event);
  return {
    eventId,
    time,
    frames: exceptions[0]?.frames ?? [],
    exceptions,
    highlights: highlightsOf(error),
    tags: tagsOf(event),
    traceId,
    user: objectAt(event, 'user'),
    breadcrumbs: breadcrumbsOf(event),
    contexts: objectAt(event, 'contexts'),
    extra: objectAt(event, 'extra'),
    request: objectAt(event, 'request'),
  };
}

/** Errors that their sender only counted, as a later event tells of them in `contexts.suppressed`. */
interface Suppressed {
  readonly count: number;
  /** The last of them. */
  readonly ids: readonly string[];
  /** Whether the event was sent for nothing else, and is no error itself. */
  readonly isSummary: boolean;
}

export function suppressedBy({ event }: StoredError): Suppressed {
  const { count, ids, summary } = objectAt(objectAt(event, 'contexts'), 'suppressed');
  return {
    count: typeof count === 'number' ? count : 0,
    ids: Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [],
    isSummary: summary === true,
  };
}

/** Makes the function that says to which issue an error belongs: a summary to that of the errors with its fingerprint, when there are any. */
export function issueFinder(errors: Iterable<StoredError>): (error: StoredError) => string {
  const byFingerprint = new Map<string, string>();
  for (const error of errors) {
    const fingerprint = fingerprintOf(error);
    if (fingerprint !== null && !suppressedBy(error).isSummary) byFingerprint.set(fingerprint, error.issueId);
  }
  return (error) => {
    const issueId = suppressedBy(error).isSummary ? byFingerprint.get(fingerprintOf(error) ?? '') : undefined;
    return issueId ?? error.issueId;
  };
}

/** The issue of an error by the id that its user was shown, also when the error itself was only counted. */
export function issueOf(eventId: string, errors: readonly StoredError[]): string | undefined {
  const teller =
    errors.find((error) => error.eventId === eventId) ??
    errors.findLast((error) => suppressedBy(error).ids.includes(eventId));
  return teller && issueFinder(errors)(teller);
}

function fingerprintOf({ event }: StoredError): string | null {
  return textAt(objectAt(event, 'tags'), 'fingerprint');
}

/** What a reader has decided about an issue; without a mark it is unresolved. */
interface IssueMark {
  readonly status: 'resolved' | 'ignored';
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last error of the issue when it was marked. A later one makes a resolved issue regress. */
  readonly lastId: number;
}

/** The marks of all issues. They outlive the errors: an ignored issue stays ignored after a clear. */
export interface IssueMarks {
  all(): ReadonlyMap<string, IssueMark>;
  /** @param mark null makes the issue unresolved */
  set(issueId: string, mark: IssueMark | null): void;
  /** Resolves once every change is on disk. */
  close(): Promise<void>;
}

/** Beyond these the mark that was set first goes. */
const MOST_MARKS = 10_000;
const OWNER_ONLY = 0o600;

const Stored = Type.Record(
  Type.String(),
  Type.Object({
    status: Type.Union([Type.Literal('resolved'), Type.Literal('ignored')]),
    at: Type.Number(),
    lastId: Type.Number(),
  }),
);

/**
 * Opens the marks.
 * @param file JSON, read now and replaced with each change; undefined keeps them in memory
 * @param onError called when the file cannot be read or written
 */
export async function openIssueMarks(
  file: string | undefined,
  onError: (error: unknown) => void = () => undefined,
): Promise<IssueMarks> {
  const marks = new Map<string, IssueMark>(file === undefined ? [] : await readMarks(file, onError));
  let writing: Promise<void> = Promise.resolve();
  let isScheduled = false;

  const save = (): void => {
    if (file === undefined || isScheduled) return;
    isScheduled = true;
    writing = writing.then(async () => {
      isScheduled = false;
      try {
        await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(marks)), { mode: OWNER_ONLY });
        await rename(`${file}.new`, file);
      } catch (error) {
        onError(error);
      }
    });
  };

  return {
    all: () => marks,
    set(issueId, mark) {
      marks.delete(issueId);
      if (mark !== null) marks.set(issueId, mark);
      const [oldest] = marks.keys();
      if (marks.size > MOST_MARKS && oldest !== undefined) marks.delete(oldest);
      save();
    },
    close: () => writing,
  };
}

async function readMarks(file: string, onError: (error: unknown) => void): Promise<[string, IssueMark][]> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (Check(Stored, value)) return Object.entries(value);
    throw new Error(`${file} does not hold the statuses of issues: it is replaced with the next change.`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) onError(error);
    return [];
  }
}
