import type { InboxData } from '../inbox-data.ts';
import { exceptionsOf } from '../query/error-parts.ts';
import { type Facets, facetMatcher, facetReader, tagsOf } from '../query/facets.ts';
import { errorsByIssue, groupIssues, type Issue, type IssueStatus, issueOf, suppressedBy } from '../query/issues.ts';
import { textAt } from '../sentry/fields.ts';
import type { StoredError } from '../store/records.ts';
import { FacetCounts, type FacetValues, type ListQuery, sortedBy, wordMatcher } from './lists.ts';

export const ISSUE_SORTS = ['last_seen', 'first_seen', 'count', 'users'] as const;
type IssueSort = (typeof ISSUE_SORTS)[number];

/** Which issues are wanted. */
export interface IssueQuery extends ListQuery<IssueSort> {
  readonly status?: IssueStatus | undefined;
  /** The id of any error of the issue, sent or only counted. */
  readonly event_id?: string | undefined;
}

export interface IssueListing {
  readonly issues: readonly Issue[];
  /** Issues of each status that match the rest of the query. */
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  /** Values to filter by, of all issues. */
  readonly facets: FacetValues;
}

const FIGURE: Readonly<Record<IssueSort, (issue: Issue) => number>> = {
  last_seen: ({ lastSeen }) => lastSeen,
  first_seen: ({ firstSeen }) => firstSeen,
  count: ({ count, suppressed }) => count + suppressed,
  users: ({ users }) => users,
};

/** Searches, filters and sorts all issues that are held. Counts are of the errors that pass the filters. */
export function listIssues(data: InboxData, query: IssueQuery): IssueListing {
  const errors = data.errors();
  const byIssue = errorsByIssue(errors);
  const facets = new FacetCounts();
  const readFacets = facetReader();
  const passes = facetMatcher(query);
  const passing = new Set<StoredError>();
  for (const all of byIssue.values()) {
    facets.next();
    for (const error of all) {
      const found = readFacets(error);
      facets.add(found);
      if (passes(found)) passing.add(error);
    }
  }
  const hasWords = wordMatcher(query.q);
  const wantedId = query.event_id === undefined ? undefined : (issueOf(query.event_id, errors) ?? null);
  const matching = groupIssues(errors, { marks: data.issueMarks.all(), counts: (error) => passing.has(error) }).filter(
    ({ id }) =>
      (wantedId === undefined || id === wantedId) && hasWords(searchTextsOf(byIssue.get(id) ?? [], readFacets)),
  );
  const shown = matching.filter(({ status }) => query.status === undefined || status === query.status);
  const sorted = sortedBy(shown, FIGURE[query.sort ?? 'last_seen'], query.order);
  return { issues: sorted, statuses: countStatuses(matching), facets: facets.values() };
}

function countStatuses(issues: readonly Issue[]): Record<IssueStatus, number> {
  const counts = { unresolved: 0, resolved: 0, ignored: 0 };
  for (const { status } of issues) counts[status] += 1;
  return counts;
}

/** What a search looks through: title, place, ids, message, tags and frames. */
function* searchTextsOf(
  errors: readonly StoredError[],
  readFacets: (error: StoredError) => Facets,
): Generator<string | null> {
  for (const error of errors) {
    yield* Object.values(readFacets(error));
    yield* textsOf(error);
  }
}

function* textsOf(error: StoredError): Generator<string | null> {
  const { event } = error;
  yield error.type;
  yield error.value;
  yield error.issueId;
  yield error.eventId;
  yield error.level;
  yield error.userId;
  yield error.traceId;
  yield* suppressedBy(error).ids;
  yield textAt(event, 'transaction');
  yield textAt(event, 'culprit');
  for (const [name, value] of Object.entries(tagsOf(event))) yield `${name}:${String(value)}`;
  for (const { type, value, frames } of exceptionsOf(event)) {
    yield type;
    yield value;
    for (const frame of frames)
      yield `${textAt(frame, 'filename') ?? textAt(frame, 'module')} ${textAt(frame, 'function')}`;
  }
}
