import type { Figure, Tiers } from './prices.ts';

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
