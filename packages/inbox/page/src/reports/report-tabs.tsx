import type { ReactElement } from 'react';
import { lazyTab, Reading } from './lazy-tab.tsx';

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
