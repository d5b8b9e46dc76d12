import type { PriceSource } from './prices.ts';
import { cheapest, DAYS_A_MONTH, mixpanelCosts, type PlanCost, sentryCosts, type Volume } from './vendor-costs.ts';

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
