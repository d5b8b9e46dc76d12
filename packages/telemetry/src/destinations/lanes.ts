import type { LaneDefinition } from '@qr/delivery';
import { analyticsServiceLanes } from './analytics-service.ts';
import { mixpanelLanes } from './mixpanel.ts';
import { posthogLanes } from './posthog.ts';
import { sentryLanes } from './sentry.ts';
import { webhookLanes } from './webhook.ts';

/** The lanes of all built-in destinations, whose files a spool may hold. */
export const lanes = {
  ...mixpanelLanes,
  ...analyticsServiceLanes,
  ...webhookLanes,
  ...posthogLanes,
  ...sentryLanes,
} as const satisfies Record<string, LaneDefinition>;

export type LaneName = keyof typeof lanes;

export const laneNames = Object.keys(lanes) as readonly LaneName[];
