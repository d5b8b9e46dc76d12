const said = new Set<string>();

/** Says something on the console once a page, prefixed so that its origin is clear. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(`[observability] ${message}`);
}
