/**
 * The vendor's limits for schemas, for an organization: requests, and events and properties together.
 * https://docs.mixpanel.com/reference/limits
 */
const REQUESTS_A_MINUTE = 5;
const ITEMS_A_MINUTE = 4000;
const MINUTE_MS = 60_000;

/** So that the requests of a minute are enough for its items. */
export const MAX_ITEMS_A_REQUEST = 1000;

export interface PaceOptions {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called before a wait. */
  readonly onWait: (ms: number) => void;
}

/** Keeps requests within the vendor's limits over any minute. */
export interface Pace {
  /** Resolves when a request with so many events and properties may be sent. */
  readonly turn: (items: number) => Promise<void>;
}

export function createPace({ now, sleep, onWait }: PaceOptions): Pace {
  let sent: { readonly at: number; readonly items: number }[] = [];
  return {
    turn: async (items) => {
      for (;;) {
        sent = sent.filter(({ at }) => now() - at < MINUTE_MS);
        const oldest = sent[0];
        const total = sent.reduce((sum, request) => sum + request.items, items);
        if (!oldest || (sent.length < REQUESTS_A_MINUTE && total <= ITEMS_A_MINUTE)) break;
        const waitMs = oldest.at + MINUTE_MS - now();
        onWait(waitMs);
        await sleep(waitMs);
      }
      sent.push({ at: now(), items });
    },
  };
}
