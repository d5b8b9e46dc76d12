const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });

export function numberText(value: number): string {
  return numbers.format(value);
}
