import { type ReactElement, useState } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnels.ts';
import type { Issue, IssueStatus } from '../../../src/query/issues.ts';
import type { IssueCost as Cost, IssueTrends } from '../../../src/views/issues.ts';
import type { FacetValues } from '../../../src/views/lists.ts';
import { stepsIn } from '../funnels/funnel-view.ts';
import { StepList } from '../funnels/step-list.tsx';
import { isFiltered, ListPage, NoMatch } from '../lists/list-page.tsx';
import { useKnownEvents } from '../reports/report-page.tsx';
import { useFeedPart, useLiveJson } from '../shared/feed.tsx';
import { countOf, countText } from '../shared/format.ts';
import { isTyping, useKeys } from '../shared/keys.ts';
import { Back, hrefOf, hrefWith, Link, type Options, optionIn, usePlace } from '../shared/location.tsx';
import { Button, Empty, Loading, Table, Time } from '../shared/parts.tsx';
import { sendJson, useAttempt, useJson } from '../shared/use-json.ts';
import { ErrorView } from './error-view.tsx';

/** Errors by cause, or one cause. */
export function IssuesTab(): ReactElement {
  const { query } = usePlace();
  const id = query.get('id');
  const eventId = query.get('event');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id ?? eventId} className="sheet">
      {id !== null && <IssueDetail id={id} eventId={eventId} />}
      {id === null && eventId !== null && <FindIssue eventId={eventId} />}
      {id === null && eventId === null && <IssueList />}
    </div>
  );
}

/** The issue of an error by the id that the user was shown, also when that error was only counted. */
function FindIssue({ eventId }: { readonly eventId: string }): ReactElement {
  const loaded = useJson<{ issues: readonly Issue[] }>(hrefOf('/api/issues', { event_id: eventId }));
  return (
    <Loading loaded={loaded}>
      {({ issues: [issue] }) =>
        issue === undefined ? (
          <>
            <Back href="/issues">All issues</Back>
            <Empty title="No error has this id">
              <p>Check the id. The error may not have arrived yet, or have been evicted by later ones.</p>
            </Empty>
          </>
        ) : (
          <IssueDetail id={issue.id} eventId={null} />
        )
      }
    </Loading>
  );
}

interface IssueDetailProps {
  readonly id: string;
  /** Which of its errors is shown; null: the latest. */
  readonly eventId: string | null;
}

function IssueDetail({ id, eventId }: IssueDetailProps): ReactElement {
  const place = usePlace();
  const revision = useFeedPart((feed) => feed.revision);
  const [changes, setChanges] = useState(0);
  const loaded = useJson<Issue>(`/api/issues/${encodeURIComponent(id)}`, revision + changes);
  return (
    <>
      <Back href={hrefWith(place, { id: null, event: null, steps: null })}>All issues</Back>
      <Loading loaded={loaded}>
        {(issue) => (
          <>
            <h2 className="bad">{issue.title}</h2>
            <p className="muted">
              {countOf(issue.count + issue.suppressed, 'error')}
              {issue.suppressed > 0 && ` (${countText(issue.suppressed)} only counted)`}, {countOf(issue.users, 'user')}
              . First <Time at={issue.firstSeen} />, last <Time at={issue.lastSeen} />.
            </p>
            <IssueActions issue={issue} onChange={() => setChanges((before) => before + 1)} />
            <ErrorView eventId={eventId ?? issue.latestEventId} />
            <IssueCost id={id} />
          </>
        )}
      </Loading>
    </>
  );
}

const STATUS_TEXT: Readonly<Record<IssueStatus, string>> = {
  unresolved: 'Unresolved',
  resolved: 'Resolved: comes back when it happens again',
  ignored: 'Ignored: counted, not listed',
};

/** The status of an issue, and the buttons and keys that change it. */
function IssueActions({ issue, onChange }: { readonly issue: Issue; readonly onChange: () => void }): ReactElement {
  const { id, status, isRegressed } = issue;
  const [failure, attempt] = useAttempt();
  const toggle = (wanted: IssueStatus): void => {
    const next = status === wanted ? 'unresolved' : wanted;
    attempt(sendJson('PUT', `/api/issues/${encodeURIComponent(id)}`, { status: next }).then(onChange));
  };
  // Again takes it back.
  useKeys((event) => {
    if (event.repeat || isTyping(event)) return;
    if (event.key === 'r') toggle('resolved');
    if (event.key === 'i') toggle('ignored');
  });
  const button = (wanted: IssueStatus, key: string, label: string): ReactElement => (
    <Button aria-pressed={status === wanted} aria-keyshortcuts={key} title={key} onClick={() => toggle(wanted)}>
      {label}
    </Button>
  );
  return (
    <div className="actions">
      {button('resolved', 'r', 'Resolve')}
      {button('ignored', 'i', 'Ignore')}
      <span className={isRegressed ? 'bad' : 'muted'} role="status">
        {failure || (isRegressed ? 'Regressed: happened again after it was resolved' : STATUS_TEXT[status])}
      </span>
    </div>
  );
}

/** How far affected users came in a funnel, beside everybody else. */
function IssueCost({ id }: { readonly id: string }): ReactElement | null {
  const chosen = stepsIn(usePlace().query);
  const known = useKnownEvents();
  const path = hrefOf(`/api/issues/${encodeURIComponent(id)}/cost`, {
    steps: chosen && JSON.stringify(chosen),
  });
  const { data } = useLiveJson<Cost>(path);
  if (data === undefined) return null;
  const steps = chosen ?? data.affected.steps.map(({ event }) => event);
  return (
    <section>
      <h3>Conversion impact</h3>
      <CostTable cost={data} />
      {known.data !== undefined && (
        <details>
          <summary>Other steps</summary>
          <StepList steps={steps} events={known.data} />
        </details>
      )}
    </section>
  );
}

function CostTable({ cost: { affected, others } }: { readonly cost: Cost }): ReactElement {
  if (affected.analysis.starting_amount === 0) {
    return (
      <p className="muted">
        No affected user did <code>{affected.steps[0]?.event}</code>, the first step.
      </p>
    );
  }
  const rows = affected.steps.map(({ event }, index) => ({
    key: String(index),
    name: <code>{event}</code>,
    cells: [{ children: figure(affected, index) }, { children: figure(others, index) }],
  }));
  return <Table className="cost" head={['Step', 'Affected users', 'Other users']} rows={rows} />;
}

/** A share of nobody is none. */
function figure({ steps, analysis }: FunnelFigures, index: number): string {
  const step = steps[index];
  if (step === undefined || analysis.starting_amount === 0) return '0';
  return `${step.count} (${Math.round(step.overall_conv_ratio * 100)} %)`;
}

interface IssuesAnswer {
  readonly total: number;
  readonly statuses: Readonly<Record<IssueStatus, number>>;
  readonly facets: FacetValues;
  readonly issues: readonly Issue[];
}

const SORTS: Options = { '': 'Last seen', first_seen: 'First seen', count: 'Errors', users: 'Users' };

/** Issues that need a decision; resolved and ignored ones on request. */
function IssueList(): ReactElement {
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
