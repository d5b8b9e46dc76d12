import type { AlertRule } from '@qr/alerts';
import { WINDOWS } from '../funnels/funnel-view.ts';
import { hrefOf } from '../shared/location.ts';

/** Where one sees more of what a rule watches. */
export interface MoreLink {
  readonly label: string;
  readonly href: string;
}

/** The tab that shows what a rule watches, with the same question in its address. @param zone - whose hours and days were counted */
export function moreOf({ measure }: AlertRule, zone: string): MoreLink {
  switch (measure.kind) {
    case 'errors':
    case 'new_issues':
      return { label: 'Issues', href: hrefOf('/issues') };
    case 'request_duration':
      return { label: 'Traces', href: hrefOf('/traces') };
    case 'events': {
      const { event, unit, count } = measure;
      const range = unit === 'hour' ? '24h' : '7d';
      return { label: 'Insights', href: hrefOf('/insights', { event, measure: count, unit, range, zone }) };
    }
    case 'conversion': {
      const window = WINDOWS.find(([option]) => option === `${measure.windowDays}d`)?.[0];
      const steps = JSON.stringify(measure.steps);
      // Those whose window is over entered longer ago than a week.
      return { label: 'Funnels', href: hrefOf('/funnels', { steps, window, range: '30d', zone }) };
    }
  }
}
