import type { ReactElement } from 'react';
import { lazyTab, Reading } from './lazy-tab.tsx';

const Insights = lazyTab(async () => (await import('../insights/insights-tab.tsx')).InsightsTab);

export function InsightsTab(): ReactElement {
  return (
    <Reading>
      <Insights />
    </Reading>
  );
}
