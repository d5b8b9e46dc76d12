import { contextKeys } from '@qr/events';
import { type Breadcrumb, type ErrorEvent, getIsolationScope } from '@sentry/node';
import { breadcrumbTime, type RecentEvent, type RequestState, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';
import { traceIdIn } from './trace-id.ts';

/** How many events an error tells of. */
const MAX_EVENTS = 20;
/** Cut back only when twice as many have gathered: a cut moves the whole list. */
const MAX_KEPT = 2 * MAX_EVENTS;

/** Of an event's properties only these appear in a breadcrumb: ids of things, never of people. */
const ID_KEYS = contextKeys.filter((key) => key.endsWith('_id') && !['error_id', 'trace_id', 'user_id'].includes(key));

/**
 * Remembers a product event for errors of the same request. Called for each event, so it builds nothing: that is left to
 * {@link withRecentEvents}.
 *
 * @param time milliseconds since the epoch.
 * @returns the id of the trace in which the caller runs; `undefined` outside of one.
 */
export function noteEvent(name: string, time: number, properties: unknown): string | undefined {
  if (!sentryState.isOn) return undefined;
  const scope = getIsolationScope();
  const state = stateOf(scope);
  if (state === undefined) return traceIdIn(scope);
  state.recentEvents ??= [];
  const events = state.recentEvents;
  if (events.length === MAX_KEPT) events.splice(0, MAX_EVENTS);
  events.push({ name, time, order: state.noted++, properties });
  return state.trace?.traceId;
}

/** Adds to an error the product events of its request that came before it, as breadcrumbs. */
export function withRecentEvents(event: ErrorEvent): ErrorEvent {
  const { state } = (event.sdkProcessingMetadata?.['observability'] ?? {}) as { state?: RequestState };
  if (!state?.recentEvents) return event;
  // An event is sent a moment after the error: what was tracked meanwhile is not its history.
  const until = (event.timestamp ?? Number.POSITIVE_INFINITY) * 1000;
  const earlier = state.recentEvents.filter(({ time }) => time <= until).slice(-MAX_EVENTS);
  const breadcrumbs = [...(event.breadcrumbs ?? []), ...earlier.map(toBreadcrumb)];
  event.breadcrumbs = breadcrumbs.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
  return event;
}

function toBreadcrumb({ name, time, order, properties }: RecentEvent): Breadcrumb {
  const timestamp = breadcrumbTime(time, order);
  return { category: 'product_event', level: 'info', message: name, timestamp, data: idsOf(properties) };
}

function idsOf(properties: unknown): Record<string, string> {
  try {
    const values = (properties ?? {}) as Record<string, unknown>;
    return Object.fromEntries(
      ID_KEYS.flatMap((key) => {
        const value = values[key];
        return typeof value === 'string' ? [[key, value]] : [];
      }),
    );
  } catch {
    // A proxy that refuses to be read.
    return {};
  }
}
