import { mixpanelCosts } from './mixpanel-cost.ts';
import { cheapest, type PlanCost } from './plan-cost.ts';
import type { PriceSource } from './prices.ts';
import { reachTarget, type Turn, totalCost } from './reach-target.ts';
import { sentryCosts } from './sentry-cost.ts';
import { DAYS_A_MONTH, type Volume } from './volume.ts';

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
