import type { PlanName } from '../api/accounts.ts';

/** What the plans are called. */
export const planLabel: Readonly<Record<PlanName, string>> = { free: 'Free', pro: 'Pro', business: 'Business' };
