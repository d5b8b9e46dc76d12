const said = new Set<string>();
/** Distinct messages that are remembered; beyond it further ones are silent, so that generated names cannot fill the memory. */
const MAX_MESSAGES = 500;

/** Says something on the console once a process, prefixed so that its origin is clear. */
export function warnOnce(message: string): void {
  if (said.has(message) || said.size >= MAX_MESSAGES) return;
  said.add(message);
  try {
    console.warn(`[observability] ${message}`);
  } catch {
    // A console that somebody has replaced; whoever is warned must not fail by it.
  }
}

/** Forgets what was said; for tests. */
export function resetWarnings(): void {
  said.clear();
}
