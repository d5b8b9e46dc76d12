import {
  type Figure,
  mixpanelPrices,
  type SentryCategory,
  type SentryPlanPrices,
  sentryPrices,
  type Tiers,
} from './prices.ts';

/** What a plan of a vendor would cost. */
export interface PlanCost {
  readonly title: string;
  /** US dollars a month; nothing where the plan does not take the volume. */
  readonly usd: number | undefined;
  /** Whether that is where the price begins, and sales say where it ends. */
  readonly isFrom: boolean;
  /** What the sum is made of, or why the plan does not fit. */
  readonly reason: string;
  /** The prices that went into it. */
  readonly prices: readonly (Figure | Tiers)[];
}

/** The cheapest plan that takes the volume. */
export function cheapest(plans: readonly PlanCost[]): PlanCost | undefined {
  return plans.reduce<PlanCost | undefined>((best, plan) => (costOf(plan) < costOf(best) ? plan : best), undefined);
}

function costOf(plan: PlanCost | undefined): number {
  return plan?.usd ?? Number.POSITIVE_INFINITY;
}

/** 1234567 as 1,234,567, on every machine. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Months are reckoned as so many days. */
export const DAYS_A_MONTH = 30;

/** What the platform sends in a month. */
export interface Volume {
  readonly events: number;
  /** People of whom there is at least one event, visitors included. */
  readonly users: number;
  readonly errors: number;
  readonly spans: number;
  readonly replays: number;
}

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
