/**
 * A price as people of that currency write it: 900 cents are €9.00, 900 yen stay ¥900.
 *
 * @param amountMinor in minor units of the currency.
 */
export function priceText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return format.format(amountMinor / 10 ** digits);
}
