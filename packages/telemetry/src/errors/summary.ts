import * as Sentry from '@sentry/node';
import type { Summary, Verdict } from './rate-limit.ts';

/** What an event carries of the budget: where it is counted, and which errors it stands for besides itself. */
export function budgetContext({ fingerprint, suppressed: { count, ids } }: Verdict) {
  return {
    ...(fingerprint !== undefined && { tags: { fingerprint } }),
    ...(count > 0 && { contexts: { suppressed: { count, ids: [...ids] } } }),
  };
}

/** Sends a summary: a message of its own issue. `contexts.suppressed.summary` tells it from an error. */
export function sendSummary({ eventId, fingerprint, title, count, ids }: Summary): void {
  // Of no request, wherever it is sent from.
  Sentry.withIsolationScope(new Sentry.Scope(), () =>
    Sentry.captureEvent(
      {
        message: `Errors that were only counted: ${title || fingerprint}`,
        level: 'warning',
        fingerprint: ['suppressed', fingerprint],
        tags: { fingerprint },
        contexts: { suppressed: { count, ids: [...ids], summary: true } },
      },
      { event_id: eventId },
    ),
  );
}
