import { type ReactElement, useState } from 'react';
import type { FunnelFigures } from '../../../src/query/analytics/funnels.ts';
import type { Issue, IssueStatus } from '../../../src/query/issues.ts';
import type { IssueCost as Cost } from '../../../src/views/issues.ts';
import { stepsIn } from '../funnels/funnel-view.ts';
import { StepList } from '../funnels/step-list.tsx';
import { useKnownEvents } from '../reports/known-events.ts';
import { useFeedPart, useLiveJson } from '../shared/feed.tsx';
import { countOf, countText } from '../shared/format.ts';
import { isTyping, useKeys } from '../shared/keys.ts';
import { Back, hrefOf, hrefWith, usePlace } from '../shared/location.tsx';
import { Button, Empty, Loading, Table, Time } from '../shared/parts.tsx';
import { sendJson, useAttempt, useJson } from '../shared/use-json.ts';
import { ErrorView } from './error-view.tsx';
import { IssueList } from './issue-list.tsx';

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
