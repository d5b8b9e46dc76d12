import { type ComponentType, lazy, type ReactElement, Suspense } from 'react';
import { Empty } from '../shared/parts.tsx';

/** A tab whose code is read when it is first opened: the stream, which most come for, does not wait for it. */
function lazyTab(load: () => Promise<ComponentType>): ComponentType {
  const Tab = lazy(async () => ({ default: await load().catch(() => NotLoaded) }));
  return () => (
    <Suspense fallback={<p className="loading sheet">Reading …</p>}>
      <Tab />
    </Suspense>
  );
}

export const InsightsTab = lazyTab(async () => (await import('../insights/insights-tab.tsx')).InsightsTab);
export const FunnelsTab = lazyTab(async () => (await import('../funnels/funnels-tab.tsx')).FunnelsTab);
export const RetentionTab = lazyTab(async () => (await import('../retention/retention-tab.tsx')).RetentionTab);

function NotLoaded(): ReactElement {
  return (
    <Empty title="The code of this tab could not be read">
      <p>The inbox may be down, or newer than this page. Reload the page.</p>
    </Empty>
  );
}
