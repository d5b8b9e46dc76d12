/** The documented rate of the compliance API. */
const INTERVAL_MS = 1000;

/** One request a second for each project token; a request that is refused does not count. */
export function createRateLimit(now: () => number): (token: string) => boolean {
  const lastAccepted = new Map<string, number>();
  return (token) => {
    const time = now();
    if (time - (lastAccepted.get(token) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    // Only the last second matters: anything older is as good as never.
    for (const [each, at] of lastAccepted) if (time - at >= INTERVAL_MS) lastAccepted.delete(each);
    lastAccepted.set(token, time);
    return true;
  };
}
