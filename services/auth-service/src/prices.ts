import type { User } from './store.ts';

type Plan = User['plan'];

/** From the smallest to the largest. */
const ORDER: readonly Plan[] = ['free', 'pro', 'business'];

/** What a plan costs a month, in minor units (cents; yen have none) of each currency in which it is sold. */
const PRICES: Readonly<Record<Exclude<Plan, 'free'>, Readonly<Record<string, number>>>> = {
  pro: { EUR: 900, USD: 900, JPY: 1300 },
  business: { EUR: 2900, USD: 2900, JPY: 4200 },
};

/** Every plan with its prices, from the smallest to the largest; what is free has none. */
export const offers = ORDER.map((name) => ({ name, prices: name === 'free' ? {} : PRICES[name] }));

/** The currencies in which plans are sold. */
export const currencies = Object.keys(PRICES.pro);

/** The price in minor units; `undefined` where the plan is not sold. */
export function priceOf(plan: Exclude<Plan, 'free'>, currency: string): number | undefined {
  return Object.hasOwn(PRICES[plan], currency) ? PRICES[plan][currency] : undefined;
}

/** Whether the second plan is larger than the first. */
export function isUpgrade(from: Plan, to: Plan): boolean {
  return ORDER.indexOf(to) > ORDER.indexOf(from);
}

/** Whether the second plan is smaller than the first. */
export function isDowngrade(from: Plan, to: Plan): boolean {
  return ORDER.indexOf(to) < ORDER.indexOf(from);
}

/** An amount in units of its currency: 900 cents are 9 euros, 900 yen stay 900. */
export function inUnits(amountMinor: number, currency: string): number {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return amountMinor / 10 ** digits;
}
