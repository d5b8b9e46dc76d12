const names = new Intl.DisplayNames(undefined, { type: 'region' });

/** A country in the reader's own language. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return 'Unknown';
  return names.of(code) ?? code;
}
