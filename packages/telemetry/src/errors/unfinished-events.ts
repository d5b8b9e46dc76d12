import { type Client, defineIntegration, type Event, type EventHint, type Scope } from '@sentry/core';
import * as Sentry from '@sentry/node';

/** What the SDK needs to make an event once more. */
interface Captured {
  readonly event: Event;
  readonly scope: Scope;
  readonly isolationScope: Scope;
}

/** The method through which every event passes, whatever captured it; `protected` in the published types. */
interface CapturesEvents {
  _captureEvent(event: Event, hint: EventHint, scope: Scope, isolationScope: Scope): unknown;
}

/**
 * The errors that wait for their source lines, which the SDK reads asynchronously: a process that ends meanwhile would lose them.
 *
 * `finish` makes these events once more without source lines, which takes no turn of the loop: hooks, filters and transport see them as any other.
 */
export function createUnfinishedEvents() {
  const captured = new WeakMap<EventHint, Captured>();
  const unfinished = new Map<EventHint, Captured>();
  let client: Client | undefined;
  let isEnding = false;

  /** Before the SDK's own hooks, which change the event. */
  const recorder = defineIntegration(() => ({
    name: 'UnfinishedEvents',
    setup(of: Client) {
      client = of;
    },
    preprocessEvent(event: Event, hint: EventHint) {
      if (isEnding || event.type !== undefined) return;
      // Copies: a request or job that ends meanwhile takes its user from its scope.
      const scopes = { scope: Sentry.getCurrentScope().clone(), isolationScope: Sentry.getIsolationScope().clone() };
      captured.set(hint, { event: copyOf(event), ...scopes });
    },
  }));

  const sourceLines = defineIntegration(() => {
    const integration = Sentry.contextLinesIntegration();
    return {
      ...integration,
      processEvent(event: Event, hint: EventHint, of: Client) {
        if (isEnding) return event;
        const known = captured.get(hint);
        if (known) unfinished.set(hint, known);
        const processed = Promise.resolve(integration.processEvent?.(event, hint, of) ?? event);
        // What follows are hooks that do not wait; one that drops the event tells nobody.
        return processed.finally(() => setImmediate(() => unfinished.delete(hint)));
      },
    };
  });

  return {
    integrations: [recorder(), sourceLines()],
    /** Returns how many errors wait. */
    count: () => unfinished.size,
    /** An event has come to the last hook, after which it is sent at once. */
    done(hint: EventHint): void {
      unfinished.delete(hint);
    },
    /** For the end of the process: from now on nothing waits. */
    finish(): void {
      isEnding = true;
      for (const [hint, { event, scope, isolationScope }] of unfinished) {
        try {
          (client as unknown as CapturesEvents)._captureEvent(event, hint, scope, isolationScope);
        } catch {
          // The next one may still be saved.
        }
      }
      unfinished.clear();
    },
  };
}

/** At the time of the capture, and without what hooks add to its list of exceptions. */
function copyOf(event: Event): Event {
  const { exception, timestamp = Date.now() / 1000 } = event;
  const values = exception?.values && [...exception.values];
  return { ...event, timestamp, ...(values && { exception: { ...exception, values } }) };
}
