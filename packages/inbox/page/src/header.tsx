import type { ReactElement } from 'react';
import type { ActiveFault } from '../../src/faults/faults.ts';
import { ClearButton } from './clear/clear-button.tsx';
import { useFeedPart } from './feed/feed-provider.tsx';
import { Link } from './shared/link.tsx';
import { usePlace } from './shared/location.ts';
import { useJson } from './shared/use-json.ts';
import { TABS } from './tabs.ts';

/** Name, state of the stream, and the tabs. */
export function Header(): ReactElement {
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
