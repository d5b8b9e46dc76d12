import type { CostEstimate, CostInput, Reduction } from './estimate.ts';
import type { PriceSource } from './prices.ts';
import type { Volume } from './volume.ts';

/** What `--json` answers. */
export interface CostResult {
  readonly input: CostInput;
  /** A month. */
  readonly volume: Volume;
  readonly plans: readonly {
    readonly vendor: string;
    readonly title: string;
    /** US dollars a month; `null` where the plan does not take the volume. */
    readonly usd: number | null;
    readonly isFrom: boolean;
    readonly isBest: boolean;
    readonly reason: string;
  }[];
  readonly totalUsd: number;
  readonly reduction: Reduction | null;
  readonly sources: readonly PriceSource[];
  readonly unconfirmed: readonly string[];
}

export function toCostResult(input: CostInput, estimate: CostEstimate): CostResult {
  const { volume, vendors, totalUsd, reduction = null, sources, unconfirmed } = estimate;
  const plans = vendors.flatMap(({ vendor, plans, best }) =>
    plans.map((plan) => {
      const { title, usd = null, isFrom, reason } = plan;
      return { vendor, title, usd, isFrom, isBest: plan === best, reason };
    }),
  );
  return { input, volume, plans, totalUsd, reduction, sources, unconfirmed };
}
