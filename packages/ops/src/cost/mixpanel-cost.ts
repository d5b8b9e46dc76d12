import { grouped, type PlanCost } from './plan-cost.ts';
import { mixpanelPrices } from './prices.ts';
import type { Volume } from './volume.ts';

/** What Mixpanel's plans would cost for a volume. */
export function mixpanelCosts({ events, users }: Pick<Volume, 'events' | 'users'>): PlanCost[] {
  const { freeEvents, growthIncludedEvents, growthPerEvent, enterprisePerYear, enterpriseEventsPerUser } =
    mixpanelPrices;
  const fitsFree = events <= freeEvents.value;
  const extra = Math.max(0, events - growthIncludedEvents.value);
  const trackedUsers = Math.max(users, events / enterpriseEventsPerUser.value);
  return [
    {
      title: 'Free',
      usd: fitsFree ? 0 : undefined,
      isFrom: false,
      reason: fitsFree
        ? `up to ${grouped(freeEvents.value)} events; 5 saved reports a person, no cohorts`
        : `reports are blocked beyond ${grouped(freeEvents.value)} events`,
      prices: [freeEvents],
    },
    {
      title: 'Growth',
      usd: extra * growthPerEvent.value,
      isFrom: false,
      reason:
        extra > 0
          ? `${grouped(extra)} events beyond ${grouped(growthIncludedEvents.value)} at $${growthPerEvent.value}; bought ahead they cost less`
          : `the first ${grouped(growthIncludedEvents.value)} events are free`,
      prices: [growthIncludedEvents, growthPerEvent],
    },
    {
      title: 'Enterprise',
      usd: enterprisePerYear.value / 12,
      isFrom: true,
      reason: `by people: ${grouped(trackedUsers)} tracked users; sales name the price`,
      prices: [enterprisePerYear, enterpriseEventsPerUser],
    },
  ];
}
