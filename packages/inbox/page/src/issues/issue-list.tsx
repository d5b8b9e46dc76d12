import type { ReactElement } from 'react';
import type { Issue, IssueStatus } from '../../../src/query/issues.ts';
import type { IssueTrends } from '../../../src/views/issue-routes.ts';
import type { FacetValues } from '../../../src/views/lists.ts';
import { ListControls } from '../lists/list-controls.tsx';
import { ListEnd, NoMatch, useList, useListKeys } from '../lists/list-page.tsx';
import { isFiltered, listPath, listView } from '../lists/list-view.ts';
import { useFeedPart } from '../shared/feed.tsx';
import { countOf, countText } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { hrefWith, type Options, optionIn, usePlace } from '../shared/location.ts';
import { Empty, Loading, Time } from '../shared/parts.tsx';
import { useJson } from '../shared/use-json.ts';

interface IssuesAnswer {
  readonly total: number;
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  readonly facets: FacetValues;
  readonly issues: readonly Issue[];
}

const SORTS: Options = [
  ['', 'Last seen'],
  ['first_seen', 'First seen'],
  ['count', 'Errors'],
  ['users', 'Users'],
];

/** Issues that need a decision; resolved and ignored ones on request. */
export function IssueList(): ReactElement {
  const { query } = usePlace();
  const view = listView(query);
  const status = statusIn(query);
  const loaded = useList<IssuesAnswer>(listPath('/api/issues', view, status === 'all' ? {} : { status }));
  const revision = useFeedPart((feed) => feed.revision);
  const trends = useJson<IssueTrends>('/api/issues/trends', revision).data;
  useListKeys();
  const { data } = loaded;
  const isEmpty = data !== undefined && sumOf(data.statuses) === 0 && !isFiltered(view);
  return (
    <>
      {!isEmpty && (
        <>
          <StatusTabs status={status} counts={data?.statuses} />
          <ListControls
            noun="issues"
            hint="Title, message, tag, user or error id"
            view={view}
            facets={data?.facets}
            sorts={SORTS}
          />
        </>
      )}
      <Loading loaded={loaded}>
        {({ total, issues, statuses }) => {
          if (isEmpty) return <NoIssues />;
          if (issues.length === 0)
            return <NoneOfStatus status={status} statuses={statuses} isFiltered={isFiltered(view)} />;
          return (
            <>
              <ul className="list" aria-label="Issues">
                {issues.map((issue) => (
                  <li key={issue.id}>
                    <IssueEntry issue={issue} counts={trends?.counts[issue.id] ?? []} />
                  </li>
                ))}
              </ul>
              <ListEnd view={view} shown={issues.length} total={total} noun="issue" />
            </>
          );
        }}
      </Loading>
    </>
  );
}

function NoIssues(): ReactElement {
  return (
    <Empty title="No issues yet">
      <p>
        An error appears here the moment it is reported. To see one, open{' '}
        <a href="http://localhost:3001/debug/error">a page that fails on purpose</a>.
      </p>
    </Empty>
  );
}

interface NoneOfStatusProps {
  readonly status: IssueStatus | 'all';
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  readonly isFiltered: boolean;
}

function NoneOfStatus({ status, statuses, isFiltered: hasFilter }: NoneOfStatusProps): ReactElement {
  const place = usePlace();
  const others = sumOf(statuses);
  if (others === 0) return <NoMatch noun="issue" />;
  return (
    <Empty title={hasFilter ? `No ${status} issue matches` : `No ${status} issues`}>
      <p>
        <Link href={hrefWith(place, { status: 'all' })}>Show {countOf(others, 'issue')} of every status</Link>
      </p>
    </Empty>
  );
}

function IssueEntry({ issue, counts }: { readonly issue: Issue; readonly counts: readonly number[] }): ReactElement {
  const place = usePlace();
  const total = issue.count + issue.suppressed;
  const { service, environment, release, transaction } = issue.latest.highlights;
  return (
    <Link className="entry issue" href={hrefWith(place, { id: issue.id })}>
      <strong className="title">{issue.title}</strong>
      <span className="about">
        {issue.isRegressed && <span className="bad">Regressed</span>}
        {issue.status !== 'unresolved' && <span>{issue.status === 'resolved' ? 'Resolved' : 'Ignored'}</span>}
        {[service, transaction, environment, release].map(
          // biome-ignore lint/suspicious/noArrayIndexKey: each has its place
          (text, index) => text !== null && <span key={index}>{text}</span>,
        )}
        {issue.level !== 'error' && <span>{issue.level}</span>}
        <span>{countOf(issue.users, 'user')}</span>
        {issue.suppressed > 0 && <span>{countText(issue.suppressed)} only counted</span>}
      </span>
      <Trend counts={counts} label={countOf(total, 'error')} />
      <b className="count">{countText(total)}</b>
      <Time at={issue.lastSeen} />
    </Link>
  );
}

function sumOf(statuses: Readonly<Record<IssueStatus, number>>): number {
  return Object.values(statuses).reduce((total, count) => total + count, 0);
}

const STATUSES: Options<IssueStatus | 'all'> = [
  ['unresolved', 'Unresolved'],
  ['resolved', 'Resolved'],
  ['ignored', 'Ignored'],
  ['all', 'All'],
];

function statusIn(query: URLSearchParams): IssueStatus | 'all' {
  return optionIn(query, 'status', STATUSES, 'unresolved');
}

interface StatusTabsProps {
  readonly status: IssueStatus | 'all';
  readonly counts: Readonly<Record<IssueStatus, number>> | undefined;
}

/** Which issues are listed, with the count of each status. */
function StatusTabs({ status, counts }: StatusTabsProps): ReactElement {
  const place = usePlace();
  return (
    <nav className="statuses" aria-label="Status">
      {STATUSES.map(([value, label]) => (
        <Link
          key={value}
          href={hrefWith(place, { status: value === 'unresolved' ? null : value, limit: null })}
          aria-current={value === status ? 'true' : undefined}
        >
          {label}
          {value !== 'all' && counts !== undefined && <span className="muted"> {countText(counts[value])}</span>}
        </Link>
      ))}
    </nav>
  );
}

const BAR = 4;
const HEIGHT = 24;

/** Counts over time as tiny bars, the oldest first. */
function Trend({ counts, label }: { readonly counts: readonly number[]; readonly label: string }): ReactElement {
  const highest = Math.max(1, ...counts);
  return (
    <svg className="trend" viewBox={`0 0 ${24 * BAR} ${HEIGHT}`} role="img" aria-label={`${label} over time`}>
      {counts.map((count, part) => {
        // A part with an error is seen, however many another has.
        const height = count === 0 ? 1 : Math.max(3, (count / highest) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other name than its place
            key={part}
            className={count === 0 ? 'none' : ''}
            x={part * BAR}
            y={HEIGHT - height}
            width={BAR - 1}
            height={height}
          />
        );
      })}
    </svg>
  );
}
