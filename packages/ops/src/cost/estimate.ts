import {
  type Figure,
  mixpanelPrices,
  type PriceSource,
  type SentryCategory,
  type SentryPlanPrices,
  sentryPrices,
  type Tiers,
} from './prices.ts';

export interface CostInput {
  readonly eventsPerDay: number;
  readonly errorsPerDay: number;
  /** A month. */
  readonly users: number;
  /** If every request were traced. */
  readonly spansPerDay: number;
  readonly sampleRate: number;
  readonly replaysPerDay: number;
  readonly targetUsd: number | undefined;
}

export interface VendorEstimate {
  readonly vendor: string;
  readonly plans: readonly PlanCost[];
  readonly best: PlanCost | undefined;
}

/** How to stay under a target. */
export interface Reduction {
  readonly targetUsd: number;
  readonly turns: readonly Turn[];
  readonly volume: Volume;
  readonly totalUsd: number;
}

export interface CostEstimate {
  readonly volume: Volume;
  readonly vendors: readonly VendorEstimate[];
  readonly totalUsd: number;
  readonly reduction: Reduction | undefined;
  readonly sources: readonly PriceSource[];
  /** Why figures that went into the sums may be wrong. */
  readonly unconfirmed: readonly string[];
}

/**
 * What a month costs on the vendors' present plans, and what to turn down to stay under a target.
 *
 * The project's guide reckons with 10,000 tracked users free and $126 to $1,500 a month beyond; Mixpanel has since come to bill events
 * (a million a month free), so that what people do, and not how many they are, decides. Taxes are not in it.
 */
export function estimateCost(input: CostInput): CostEstimate {
  const volume = volumeOf(input);
  const vendors = [
    { vendor: 'Mixpanel', plans: mixpanelCosts(volume) },
    { vendor: 'Sentry', plans: sentryCosts(volume) },
  ].map((estimate): VendorEstimate => ({ ...estimate, best: cheapest(estimate.plans) }));
  const prices = vendors.flatMap(({ plans }) => plans.flatMap((plan) => plan.prices));
  return {
    volume,
    vendors,
    totalUsd: totalCost(volume),
    reduction: input.targetUsd === undefined ? undefined : reductionOf(volume, input.targetUsd),
    sources: distinct(
      prices.map(({ source }) => source),
      ({ url, readOn }) => `${url} ${readOn}`,
    ),
    unconfirmed: distinct(
      prices.flatMap((price) => price.unconfirmed ?? []),
      (reason) => reason,
    ),
  };
}

function volumeOf({ eventsPerDay, errorsPerDay, users, spansPerDay, sampleRate, replaysPerDay }: CostInput): Volume {
  return {
    events: eventsPerDay * DAYS_A_MONTH,
    users,
    errors: errorsPerDay * DAYS_A_MONTH,
    spans: Math.round(spansPerDay * sampleRate * DAYS_A_MONTH),
    replays: replaysPerDay * DAYS_A_MONTH,
  };
}

function reductionOf(volume: Volume, targetUsd: number): Reduction {
  const { turns, volume: reduced } = reachTarget(volume, targetUsd);
  return { targetUsd, turns, volume: reduced, totalUsd: totalCost(reduced) };
}

function distinct<Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => string): Entry[] {
  return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
}

/** What may be sent less of, in the order in which it is given up: what is missed least comes first. */
export type Knob = 'spans' | 'replays' | 'errors' | 'events';

const KNOBS: readonly Knob[] = ['spans', 'replays', 'errors', 'events'];

/** The share of a volume that is still to be sent. */
export interface Turn {
  readonly knob: Knob;
  /** Between 0 and 1. */
  readonly share: number;
}

/** US dollars a month on the cheapest plans that take the volume. */
export function totalCost(volume: Volume): number {
  return (cheapest(mixpanelCosts(volume))?.usd ?? 0) + (cheapest(sentryCosts(volume))?.usd ?? 0);
}

/** Which knobs bring the cost under a target, each turned no further than it must be; empty when nothing has to change. */
export function reachTarget(volume: Volume, targetUsd: number): { readonly turns: Turn[]; readonly volume: Volume } {
  const turns: Turn[] = [];
  let current = volume;
  for (const knob of KNOBS) {
    if (totalCost(current) <= targetUsd) break;
    const base = current;
    const at = (share: number): Volume => ({ ...base, [knob]: Math.floor(base[knob] * share) });
    // Where this knob alone is not enough it still goes as far as it saves anything.
    const limit = Math.max(targetUsd, totalCost(at(0)));
    const share = largestShare((candidate) => totalCost(at(candidate)) <= limit);
    if (share === 1) continue;
    turns.push({ knob, share });
    current = at(share);
  }
  return { turns, volume: current };
}

/** Halves of the interval until the shares differ by less than any setting shows. */
const HALVINGS = 40;

function largestShare(isEnough: (share: number) => boolean): number {
  if (isEnough(1)) return 1;
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** What a plan of a vendor would cost. */
interface PlanCost {
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
