import { type AlertRule, boundText, valueText } from '@qr/alerts';
import type { ReactElement } from 'react';
import type { Alerts, EvaluatedAlert } from '../../../src/alerts/routes.ts';
import { WINDOWS } from '../funnels/funnel-view.ts';
import { useFeedPart } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { hrefOf, Link } from '../shared/location.tsx';
import { Empty, Loading, Time } from '../shared/parts.tsx';
import { useJson, useTicks } from '../shared/use-json.ts';

/** Rules are about the time up to now, which passes although nothing arrives. */
const ASK_EVERY_MS = 15_000;

/** Each rule with what it says now: what would wake somebody in production. */
export function AlertsTab(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<Alerts>('/api/alerts', revision + useTicks(ASK_EVERY_MS));
  return (
    <div className="sheet">
      <h2 className="visually-hidden">Alerts</h2>
      <Loading loaded={loaded}>
        {({ alerts, timeZone }) => (alerts.length === 0 ? <NoRules /> : <Rules alerts={alerts} timeZone={timeZone} />)}
      </Loading>
    </div>
  );
}

function Rules({ alerts, timeZone }: Alerts): ReactElement {
  const count = (status: EvaluatedAlert['state']['status']): number =>
    alerts.filter(({ state }) => state.status === status).length;
  const firing = count('firing');
  // What fires comes first; else the order of the rules.
  const ordered = alerts.toSorted((left, right) => statusOf(left).rank - statusOf(right).rank);
  return (
    <>
      <p className="muted" role="status">
        {countOf(alerts.length, 'rule')}, by what has arrived here: {firing === 0 ? 'none fires' : `${firing} firing`},{' '}
        {count('no_data')} without data. Hours and days are those of {timeZone}.
      </p>
      <ul className="list">
        {ordered.map((alert) => (
          <li key={alert.rule.name}>
            <AlertEntry alert={alert} timeZone={timeZone} />
          </li>
        ))}
      </ul>
    </>
  );
}

function NoRules(): ReactElement {
  return (
    <Empty title="There are no rules">
      <p>
        <code>npm start</code> gives the inbox those of <code>observability/alerts.ts</code>. In a test or a server of
        your own: <code>{'startInbox({ alerts: alertRules })'}</code>.
      </p>
    </Empty>
  );
}

/** One rule: what it watches, what it found, and of which time. */
function AlertEntry({ alert, timeZone }: { readonly alert: EvaluatedAlert; readonly timeZone: string }): ReactElement {
  const { rule, state } = alert;
  const { className, label } = statusOf(alert);
  const more = moreOf(rule, timeZone);
  return (
    <article className={`alert ${className}`} aria-label={rule.name}>
      <p className="state">{label}</p>
      <h3>{rule.name}</h3>
      <p className="about muted">{rule.description}</p>
      <p className="found">
        <b>{state.value === null ? '–' : valueText(rule.measure, state.value)}</b>{' '}
        <span className="muted">fires {boundText(rule)}</span>
      </p>
      <p className="when">
        <span className="muted">
          <Time at={state.from} /> to <Time at={state.to} />
        </span>
        {state.reason !== undefined && <span className="reason">{state.reason}</span>}
      </p>
      <p className="more">
        <span className="muted">
          {rule.severity}, {rule.owner}
        </span>{' '}
        <Link href={more.href} aria-label={`${rule.name} in ${more.label}`}>
          {more.label}
        </Link>
      </p>
    </article>
  );
}

/** How a state is shown. */
interface ShownStatus {
  readonly className: 'fires' | 'good' | 'quiet' | 'unknown';
  readonly label: string;
  /** The lowest is shown first. */
  readonly rank: number;
}

function statusOf({ rule, state }: EvaluatedAlert): ShownStatus {
  if (state.status === 'no_data') return { className: 'unknown', label: 'no data', rank: 2 };
  if (state.status === 'ok') return { className: 'quiet', label: 'ok', rank: 3 };
  return rule.isGoodNews === true
    ? { className: 'good', label: 'good news', rank: 1 }
    : { className: 'fires', label: 'firing', rank: 0 };
}

/** Where one sees more of what a rule watches. */
interface MoreLink {
  readonly label: string;
  readonly href: string;
}

/** The tab that shows what a rule watches, with the same question in its address. @param zone - whose hours and days were counted */
function moreOf({ measure }: AlertRule, zone: string): MoreLink {
  switch (measure.kind) {
    case 'errors':
    case 'new_issues':
      return { label: 'Issues', href: hrefOf('/issues') };
    case 'request_duration':
      return { label: 'Traces', href: hrefOf('/traces') };
    case 'events': {
      const { event, unit, count } = measure;
      const range = unit === 'hour' ? '24h' : '7d';
      return { label: 'Insights', href: hrefOf('/insights', { event, measure: count, unit, range, zone }) };
    }
    case 'conversion': {
      const days = `${measure.windowDays}d`;
      const window = Object.hasOwn(WINDOWS, days) ? days : undefined;
      const steps = JSON.stringify(measure.steps);
      // Those whose window is over entered longer ago than a week.
      return { label: 'Funnels', href: hrefOf('/funnels', { steps, window, range: '30d', zone }) };
    }
  }
}
