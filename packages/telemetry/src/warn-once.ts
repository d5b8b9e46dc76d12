/** Distinct messages that are remembered; beyond it further ones are silent, so that generated names cannot fill the memory. */
const MAX_MESSAGES = 500;

/** Prints each warning once on the console, prefixed so that its origin is clear. */
export interface WarnOnce {
  (message: string): void;
  /** Forgets what was printed. */
  reset(): void;
}

export function createWarnOnce(): WarnOnce {
  const said = new Set<string>();
  const warnOnce = (message: string) => {
    if (said.has(message) || said.size >= MAX_MESSAGES) return;
    said.add(message);
    try {
      console.warn(`[observability] ${message}`);
    } catch {
      // A console that somebody has replaced; whoever is warned must not fail by it.
    }
  };
  return Object.assign(warnOnce, { reset: () => said.clear() });
}
