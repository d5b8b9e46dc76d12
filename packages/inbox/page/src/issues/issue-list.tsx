import type { ReactElement } from 'react';
import type { Issue, IssueStatus } from '../../../src/query/issues.ts';
import type { IssueTrends } from '../../../src/views/issues.ts';
import type { FacetValues } from '../../../src/views/lists.ts';
import { isFiltered, ListPage, NoMatch } from '../lists/list-page.tsx';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf, countText } from '../shared/format.ts';
import { hrefWith, Link, type Options, optionIn, usePlace } from '../shared/location.tsx';
import { Empty, Time } from '../shared/parts.tsx';

interface IssuesAnswer {
  readonly total: number;
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  readonly facets: FacetValues;
  readonly issues: readonly Issue[];
}

const SORTS: Options = { '': 'Last seen', first_seen: 'First seen', count: 'Errors', users: 'Users' };

/** Issues that need a decision; resolved and ignored ones on request. */
export function IssueList(): ReactElement {
  const status = statusIn(usePlace().query);
  const trends = useLiveJson<IssueTrends>('/api/issues/trends').data;
  return (
    <ListPage<IssuesAnswer>
      noun="issue"
      hint="Title, message, tag, user or error id"
      sorts={SORTS}
      path="/api/issues"
      parameters={status === 'all' ? {} : { status }}
      hasNone={({ statuses }) => sumOf(statuses) === 0}
      none={
        <Empty title="No issues yet">
          <p>
            An error appears here the moment it is reported. To see one, open{' '}
            <a href="http://localhost:3001/debug/error">a page that fails on purpose</a>.
          </p>
        </Empty>
      }
      noMatch={({ statuses }, view) => (
        <NoneOfStatus status={status} statuses={statuses} isFiltered={isFiltered(view)} />
      )}
      above={(answer) => <StatusTabs status={status} counts={answer?.statuses} />}
    >
      {({ issues }) =>
        issues.map((issue) => <IssueEntry key={issue.id} issue={issue} counts={trends?.counts[issue.id] ?? []} />)
      }
    </ListPage>
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
    <li>
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
    </li>
  );
}

function sumOf(statuses: Readonly<Record<IssueStatus, number>>): number {
  return Object.values(statuses).reduce((total, count) => total + count, 0);
}

const STATUSES: Options<IssueStatus | 'all'> = {
  unresolved: 'Unresolved',
  resolved: 'Resolved',
  ignored: 'Ignored',
  all: 'All',
};

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
      {Object.entries(STATUSES).map(([value, label]) => (
        <Link
          key={value}
          href={hrefWith(place, { status: value === 'unresolved' ? null : value, limit: null })}
          aria-current={value === status ? 'true' : undefined}
        >
          {label}
          {value !== 'all' && counts && <span className="muted"> {countText(counts[value as IssueStatus])}</span>}
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
