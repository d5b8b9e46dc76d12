import { dollars, grouped, type PlanCost } from './plan-cost.ts';
import { type SentryCategory, type SentryPlanPrices, sentryPrices, type Tiers } from './prices.ts';
import type { Volume } from './volume.ts';

const CATEGORIES: readonly SentryCategory[] = ['errors', 'spans', 'replays'];

/** What Sentry's plans would cost for a volume. */
export function sentryCosts(volume: Pick<Volume, SentryCategory>): PlanCost[] {
  return sentryPrices.map((plan) => costOfPlan(plan, volume));
}

function costOfPlan(plan: SentryPlanPrices, volume: Pick<Volume, SentryCategory>): PlanCost {
  const { title, perMonth, included, beyond } = plan;
  const over = CATEGORIES.filter((category) => volume[category] > included[category].value);
  const base = { title, isFrom: false };
  const basePrices = [perMonth, ...CATEGORIES.map((category) => included[category])];
  if (!beyond && over.length > 0)
    return {
      ...base,
      usd: undefined,
      reason: `drops what is beyond ${over.map((category) => `${grouped(included[category].value)} ${category}`).join(', ')}`,
      prices: basePrices,
    };
  const extras = over.flatMap((category) => {
    const tiers = beyond?.[category];
    return tiers ? [{ category, tiers, usd: tieredCost(tiers, included[category].value, volume[category]) }] : [];
  });
  return {
    ...base,
    usd: extras.reduce((sum, { usd }) => sum + usd, perMonth.value),
    reason: [
      beyond ? `${dollars(perMonth.value)} a month when paid by the year` : 'one member, no integrations such as Slack',
      ...extras.map(
        ({ category, usd, tiers }) => `${category} ${dollars(usd)}${tiers.unconfirmed ? ' (unconfirmed)' : ''}`,
      ),
    ].join(', '),
    prices: [...basePrices, ...extras.map(({ tiers }) => tiers)],
  };
}

/** Each unit at the price of the step that it falls into. */
export function tieredCost({ steps }: Tiers, included: number, volume: number): number {
  let cost = 0;
  let from = included;
  for (const { upTo, price } of steps) {
    if (volume <= from) break;
    const to = Math.min(volume, upTo);
    cost += Math.max(0, to - from) * price;
    from = Math.max(from, upTo);
  }
  return cost;
}
