import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_WAIT_MS = 200;

/**
 * Asks until there is an answer, each time after twice the wait: the vendors allow some sixty questions an hour.
 *
 * @returns `undefined` when the next question would come too late.
 */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal },
): Promise<Answer | undefined> {
  const endsAt = performance.now() + forMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() + waitMs > endsAt) return undefined;
    await sleep(waitMs, undefined, { signal });
  }
}
