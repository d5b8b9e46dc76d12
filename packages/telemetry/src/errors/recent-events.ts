import { plan } from '@qr/events';
import { type Breadcrumb, type ErrorEvent, getIsolationScope } from '@sentry/node';
import { breadcrumbTime, type Note, type RecentEvent, type RequestState, stateOf } from './request-state.ts';
import { sentryState } from './state.ts';
import { traceIdIn } from './trace-id.ts';

/** How many events an error tells of. */
const MAX_EVENTS = 20;
/** How many breadcrumbs; the SDK's own limit. */
const MAX_NOTES = 100;

/** Of an event's properties only these appear in a breadcrumb: ids of things, never of people. */
const ID_KEYS = plan.context.filter((key) => key.endsWith('_id') && !['error_id', 'trace_id', 'user_id'].includes(key));

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
  keep(state.recentEvents, { name, time, order: state.noted++, properties }, MAX_EVENTS);
  return state.trace?.traceId;
}

/**
 * Remembers a breadcrumb for errors of the same request. The SDK would filter and scrub each at once (7 % of what a scan costs), though hardly one
 * is ever sent: here that is left to the error, whose breadcrumbs are filtered with the rest of it.
 */
export function noteBreadcrumb(state: RequestState, message: string, data: Note['data']): void {
  state.notes ??= [];
  const text = message.length > MAX_NOTE_LENGTH ? shortened(message) : message;
  keep(state.notes, { message: text, time: Date.now(), order: state.noted++, data }, MAX_NOTES);
}

/** More of a message is not sent either. */
const MAX_NOTE_LENGTH = 16_384;

/** A copy: a part of a text would keep the whole of it in memory. */
function shortened(text: string): string {
  return Buffer.from(text.slice(0, MAX_NOTE_LENGTH), 'utf16le').toString('utf16le');
}

/** Cuts back only when twice as many have gathered: a cut moves the whole list. */
function keep<T>(list: T[], item: T, max: number): void {
  if (list.length === 2 * max) list.splice(0, max);
  list.push(item);
}

/** Adds to an error the breadcrumbs and product events of its request that came before it, as breadcrumbs. Filter it afterwards. */
export function withRecentEvents(event: ErrorEvent): ErrorEvent {
  const { state } = (event.sdkProcessingMetadata?.['observability'] ?? {}) as { state?: RequestState };
  if (!state?.recentEvents && !state?.notes) return event;
  // An event is sent a moment after the error: what was tracked meanwhile is not its history.
  const until = (event.timestamp ?? Number.POSITIVE_INFINITY) * 1000;
  // Of something that the request has left running.
  if (state.endedAt !== undefined && until > state.endedAt + 1) return event;
  const isEarlier = ({ time }: { readonly time: number }) => time <= until;
  const breadcrumbs = [
    ...(event.breadcrumbs ?? []),
    ...(state.notes ?? []).filter(isEarlier).slice(-MAX_NOTES).map(fromNote),
    ...(state.recentEvents ?? []).filter(isEarlier).slice(-MAX_EVENTS).map(toBreadcrumb),
  ];
  event.breadcrumbs = breadcrumbs.sort((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0));
  return event;
}

function fromNote({ message, time, order, data }: Note): Breadcrumb {
  return { message, timestamp: breadcrumbTime(time, order), ...(data && { data }) };
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
