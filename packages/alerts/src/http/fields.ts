/** Reading answers of others: what is not there, or of another kind, is undefined, empty or 0. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function fieldOf(value: unknown, name: string): unknown {
  return objectOf(value)[name];
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
