import type { ServerProperties } from '@qr/events';

/** What `trackRevenue` takes beside the amount. */
export interface RevenueProperties extends Partial<Omit<ServerProperties<'revenue'>, 'amount'>> {
  /** The same as `order_id`. */
  readonly orderId?: string;
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** The properties of a revenue event; `undefined` when the amount is not finite or the currency is not of ISO 4217, in any casing. */
export function toRevenue(
  amount: unknown,
  properties: RevenueProperties | null | undefined,
): ServerProperties<'revenue'> | undefined {
  const { orderId, currency = 'USD', ...rest } = properties ?? {};
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
  const code = typeof currency === 'string' ? currency.toUpperCase() : '';
  if (!currencies.has(code)) return undefined;
  return { ...(orderId !== undefined && { order_id: orderId }), ...rest, currency: code, amount };
}
