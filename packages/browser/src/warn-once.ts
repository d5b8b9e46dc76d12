const said = new Set<string>();

/**
 * Says something on the console once a page, prefixed so that its origin is clear.
 *
 * What is wrong with a variable is said behind `import.meta.env.DEV`, so that visitors do not fetch it; the Vite plugin says it at build.
 *
 * @param details shown beside the message as they are: what was thrown may have no text of its own.
 */
export function warnOnce(message: string, ...details: unknown[]): void {
  if (said.has(message)) return;
  said.add(message);
  console.warn(`[observability] ${message}`, ...details);
}
