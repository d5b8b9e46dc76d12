import { type ComponentType, type ReactElement, useEffect } from 'react';
import type { ActiveFault } from '../../src/faults/faults.ts';
import { AlertsTab } from './alerts/alerts-tab.tsx';
import { ClearButton } from './clear-button.tsx';
import { DeliveryTab } from './delivery/delivery-tab.tsx';
import { IssuesTab } from './issues/issues-tab.tsx';
import { LiveTab } from './live/live-tab.tsx';
import { PlanTab } from './plan/plan-tab.tsx';
import { FunnelsTab, InsightsTab, RetentionTab } from './reports/report-tabs.tsx';
import { useFeedPart } from './shared/feed.tsx';
import { Link } from './shared/links.tsx';
import { usePlace } from './shared/location.ts';
import { useJson } from './shared/use-json.ts';
import { TracesTab } from './traces/traces-tab.tsx';
import { UserTab } from './user/user-tab.tsx';

/** The bar with the tabs, and the tab that the address names. */
export function App(): ReactElement {
  const { path } = usePlace();
  const tab = TABS.find((each) => each.path === path) ?? TABS[0];
  const label = tab?.label;
  useEffect(() => {
    document.title = label === undefined || label === 'Live' ? 'Inbox' : `${label} - Inbox`;
  }, [label]);
  return (
    <>
      <Header />
      <main>{tab && <tab.Content key={tab.path} />}</main>
    </>
  );
}

/** Name, state of the stream, and the tabs. */
function Header(): ReactElement {
  const { path } = usePlace();
  const isConnected = useFeedPart((feed) => feed.isConnected);
  const armed = useArmedFaults();
  return (
    <header className="bar">
      <h1>
        <img src="/icon.svg" alt="" width="24" height="24" /> Inbox
      </h1>
      <p className="status" role="status" data-state={isConnected ? 'live' : 'connecting'}>
        {isConnected ? 'live' : 'connecting'}
      </p>
      <ClearButton />
      <nav aria-label="Tabs">
        {TABS.map((tab) => (
          <Link key={tab.path} href={tab.path} aria-current={tab.path === path ? 'page' : undefined}>
            {tab.label}
            {tab.path === '/delivery' && armed > 0 && (
              <span className="armed" title="Faults to come">
                {armed}
                <span className="visually-hidden"> {armed === 1 ? 'fault' : 'faults'} to come</span>
              </span>
            )}
          </Link>
        ))}
      </nav>
    </header>
  );
}

/** Faults to come are shown on every tab: else one wonders why nothing arrives. */
function useArmedFaults(): number {
  const revision = useFeedPart((feed) => feed.faults + feed.epoch);
  const { data } = useJson<{ faults: readonly ActiveFault[] }>('/api/faults', revision);
  return data?.faults.filter(({ remaining }) => remaining !== 0).length ?? 0;
}

interface Tab {
  /** The inbox must answer it too: see `page-routes.ts`. */
  readonly path: string;
  readonly label: string;
  readonly Content: ComponentType;
}

/** The tabs of the page, from left to right. */
const TABS: readonly Tab[] = [
  { path: '/', label: 'Live', Content: LiveTab },
  { path: '/user', label: 'User', Content: UserTab },
  { path: '/issues', label: 'Issues', Content: IssuesTab },
  { path: '/traces', label: 'Traces', Content: TracesTab },
  { path: '/insights', label: 'Insights', Content: InsightsTab },
  { path: '/funnels', label: 'Funnels', Content: FunnelsTab },
  { path: '/retention', label: 'Retention', Content: RetentionTab },
  { path: '/alerts', label: 'Alerts', Content: AlertsTab },
  { path: '/delivery', label: 'Delivery', Content: DeliveryTab },
  { path: '/plan', label: 'Plan', Content: PlanTab },
];
