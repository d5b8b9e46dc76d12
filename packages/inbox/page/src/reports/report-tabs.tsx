import { type ComponentType, type LazyExoticComponent, lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { Empty } from '../shared/parts.tsx';

/** A tab whose code is read when it is first opened: the stream, which most come for, does not wait for it. */
function lazyTab(load: () => Promise<ComponentType>): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: await load().catch(() => NotLoaded) }));
}

/** Around a lazy tab. */
function Reading({ children }: { readonly children: ReactNode }): ReactElement {
  return <Suspense fallback={<p className="loading sheet">Reading …</p>}>{children}</Suspense>;
}

function NotLoaded(): ReactElement {
  return (
    <Empty title="The code of this tab could not be read">
      <p>The inbox may be down, or newer than this page. Reload the page.</p>
    </Empty>
  );
}

const Insights = lazyTab(async () => (await import('../insights/insights-tab.tsx')).InsightsTab);
const Funnels = lazyTab(async () => (await import('../funnels/funnels-tab.tsx')).FunnelsTab);
const RetentionReport = lazyTab(async () => (await import('../retention/retention-tab.tsx')).RetentionTab);

export function InsightsTab(): ReactElement {
  return (
    <Reading>
      <Insights />
    </Reading>
  );
}

export function FunnelsTab(): ReactElement {
  return (
    <Reading>
      <Funnels />
    </Reading>
  );
}

export function RetentionTab(): ReactElement {
  return (
    <Reading>
      <RetentionReport />
    </Reading>
  );
}
