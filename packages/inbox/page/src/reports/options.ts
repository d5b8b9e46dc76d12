/** Values with what they are called. */
export type Options<Value extends string = string> = readonly (readonly [Value, string])[];

/** What the address says, when that is one of the options; else the fallback. */
export function optionIn<const Value extends string>(
  query: URLSearchParams,
  name: string,
  options: Options<Value>,
  fallback: NoInfer<Value>,
): Value {
  const given = query.get(name);
  return options.find(([value]) => value === given)?.[0] ?? fallback;
}

/** A whole number from an address that anyone may have written. */
export function integerIn(query: URLSearchParams, name: string, fallback: number, highest: number): number {
  const given = Number(query.get(name) ?? fallback);
  return Number.isInteger(given) && given >= 1 && given <= highest ? given : fallback;
}
