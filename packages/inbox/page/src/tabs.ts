import type { ComponentType } from 'react';
import { AlertsTab } from './alerts/alerts-tab.tsx';
import { DeliveryTab } from './delivery/delivery-tab.tsx';
import { IssuesTab } from './issues/issues-tab.tsx';
import { LiveTab } from './live/live-tab.tsx';
import { PlanTab } from './plan/plan-tab.tsx';
import { FunnelsTab, InsightsTab, RetentionTab } from './reports/report-tabs.tsx';
import { TracesTab } from './traces/traces-tab.tsx';
import { UserTab } from './user/user-tab.tsx';

export interface Tab {
  /** The inbox must answer it too: see `page-routes.ts`. */
  readonly path: string;
  readonly label: string;
  readonly Content: ComponentType;
}

/** The tabs of the page, from left to right. */
export const TABS: readonly Tab[] = [
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
