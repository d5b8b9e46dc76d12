import { type ComponentType, lazy, type ReactElement, Suspense, useEffect, useRef, useState } from 'react';
import type { ActiveFault } from '../../src/faults/faults.ts';
import type { PendingClear } from '../../src/inbox-data.ts';
import { AlertsTab } from './alerts/alerts-tab.tsx';
import { DeliveryTab } from './delivery/delivery-tab.tsx';
import { IssuesTab } from './issues/issues-tab.tsx';
import { LiveTab } from './live/live-tab.tsx';
import { PlanTab } from './plan/plan-tab.tsx';
import { useFeedPart } from './shared/feed.tsx';
import { countOf } from './shared/format.ts';
import { Link, usePlace } from './shared/location.tsx';
import { Button, Empty } from './shared/parts.tsx';
import { remove, sendJson, useAttempt, useJson } from './shared/use-json.ts';
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

/** A tab whose code is read when it is first opened: the stream, which most come for, does not wait for it. */
function lazyTab(load: () => Promise<ComponentType>): ComponentType {
  const Tab = lazy(async () => ({ default: await load().catch(() => NotLoaded) }));
  return () => (
    <Suspense fallback={<p className="loading sheet">Reading …</p>}>
      <Tab />
    </Suspense>
  );
}

const InsightsTab = lazyTab(async () => (await import('./insights/insights-tab.tsx')).InsightsTab);
const FunnelsTab = lazyTab(async () => (await import('./funnels/funnels-tab.tsx')).FunnelsTab);
const RetentionTab = lazyTab(async () => (await import('./retention/retention-tab.tsx')).RetentionTab);

function NotLoaded(): ReactElement {
  return (
    <Empty title="The code of this tab could not be read">
      <p>The inbox may be down, or newer than this page. Reload the page.</p>
    </Empty>
  );
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

/** Clears the inbox, and offers to undo that for ten seconds: in every tab, and after a reload. */
function ClearButton(): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const [failure, attempt] = useAttempt();
  // Grows in every tab when one clears or brings back.
  const epoch = useFeedPart((feed) => feed.epoch);
  const { data } = useJson<{ readonly cleared: PendingClear | null }>('/api/data/cleared', epoch);
  return (
    <>
      <button
        ref={button}
        type="button"
        title="Remove all records; can be undone for ten seconds"
        onClick={() => attempt(remove('/api/data'))}
      >
        Clear
      </button>
      <div className="toasts" role="status">
        {failure !== '' && <p className="toast bad">{failure}</p>}
        {data?.cleared && (
          <UndoToast
            key={`${epoch} ${data.cleared.msLeft}`}
            cleared={data.cleared}
            onUndo={() => {
              // The button that has the focus is about to go.
              button.current?.focus();
              attempt(sendJson('POST', '/api/data/undo', {}));
            }}
          />
        )}
      </div>
    </>
  );
}

interface UndoToastProps {
  readonly cleared: PendingClear;
  readonly onUndo: () => void;
}

/** Says what was cleared and offers to bring it back, for as long as that is possible. */
function UndoToast({ cleared: { records, msLeft }, onUndo }: UndoToastProps): ReactElement | null {
  const [secondsLeft, setSecondsLeft] = useState(Math.ceil(msLeft / 1000));
  useEffect(() => {
    const endsAt = performance.now() + msLeft;
    const timer = setInterval(() => setSecondsLeft(Math.ceil((endsAt - performance.now()) / 1000)), 250);
    return () => clearInterval(timer);
  }, [msLeft]);
  if (secondsLeft <= 0) return null;
  return (
    <p className="toast">
      Cleared {countOf(records, 'record')}.<Button onClick={onUndo}>Undo</Button>
      <span className="muted" aria-hidden="true">
        {secondsLeft} s
      </span>
    </p>
  );
}
