import type { ReactElement } from 'react';
import type { Alerts, EvaluatedAlert } from '../../../src/alerts/routes.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Empty } from '../shared/empty.tsx';
import { countOf } from '../shared/format.ts';
import { Loading } from '../shared/loading.tsx';
import { useJson } from '../shared/use-json.ts';
import { useTicks } from '../shared/use-ticks.ts';
import { AlertEntry } from './alert-entry.tsx';
import { statusOf } from './alert-status.ts';

/** Rules are about the time up to now, which passes although nothing arrives. */
const ASK_EVERY_MS = 15_000;

/** Each rule with what it says now: what would wake somebody in production. */
export function AlertsTab(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const ticks = useTicks(ASK_EVERY_MS);
  const loaded = useJson<Alerts>('/api/alerts', revision + ticks);
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
