import type { PlanName } from '../api/accounts.ts';

/** What the plans are called. */
export const planLabel: Readonly<Record<PlanName, string>> = { free: 'Free', pro: 'Pro', business: 'Business' };

/** What a plan has room for, by the rules of qr-service and microsite-service. */
export const planLimits: Readonly<Record<PlanName, { readonly codes: number; readonly microsites: number }>> = {
  free: { codes: 10, microsites: 3 },
  pro: { codes: 1000, microsites: 50 },
  business: { codes: 100_000, microsites: 1000 },
};
