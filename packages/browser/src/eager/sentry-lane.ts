import { isGranted } from '../consent/consent.ts';
import { warnOnce } from '../warn-once.ts';
import { createCallQueue, type KeptCall } from './call-queue.ts';
import { createLateStart } from './late-start.ts';
import { leaveBehind } from './left-behind.ts';
import { pageTrace } from './page-trace.ts';
import type { SentryCall } from './sentry-call.ts';

/** What the SDK is started with. */
export interface SentrySettings {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly tracesSampleRate: number;
  /** Same-origin path that passes envelopes on. */
  readonly tunnel: string;
  /** Shares of sessions that are recorded: of all, and of those with an error. */
  readonly replay: { readonly sessions: number; readonly onError: number };
}

const queue = createCallQueue<SentryCall>();
// Until initSentry has run nobody knows whether error tracking is on, so calls are kept.
let settings: SentrySettings | 'off' | undefined;

const late = createLateStart({
  name: 'Sentry',
  isAllowed: () => typeof settings === 'object',
  start: async () => {
    const { startSentry } = await import('../late/sentry.ts');
    if (typeof settings !== 'object') return false;
    queue.connect(startSentry(settings));
    if (queue.dropped() > 0) warnOnce(`${queue.dropped()} calls to Sentry were dropped before it had loaded`);
    return true;
  },
  handOver: () => {
    if (typeof settings !== 'object' || !queue.pending().some(isError)) return;
    const { dsn, environment, release, tunnel } = settings;
    leaveBehind({
      page: {
        dsn,
        environment,
        release,
        traceId: pageTrace()?.traceId,
        url: location.origin + location.pathname,
        isNamed: isGranted(),
      },
      calls: queue.take().map(toJson),
      path: tunnel.replace(/[^/]*$/, 'q'),
      mayStore: isGranted(),
    });
  },
});

/** Whether {@link openSentryLane} or {@link closeSentryLane} has been called. */
export function isSentryDecided(): boolean {
  return settings !== undefined;
}

/** Whether error tracking is known to be off: an error id would then mean nothing to anybody. */
export function isSentryOff(): boolean {
  return settings === 'off';
}

/** Turns the lane on: the SDK comes when the page is idle, or at once if an error is waiting. */
export function openSentryLane(to: SentrySettings): void {
  settings = to;
  late.whenIdle();
  if (queue.pending().some(isError)) late.now();
}

/** Turns the lane off for the life of the page. */
export function closeSentryLane(): void {
  settings = 'off';
  queue.take();
}

/** Passes a call to the SDK, now or when it is there; `at` is when it happened, if not now. Returns false when error tracking is off. */
export function sendToSentry(call: SentryCall, at?: number): boolean {
  if (settings === 'off') return false;
  queue.push(call, at);
  if (call.kind === 'exception') late.now();
  return true;
}

function isError({ call }: KeptCall<SentryCall>): boolean {
  return call.kind === 'exception';
}

/** An error object has no JSON of its own. */
function toJson({ call, at }: KeptCall<SentryCall>): object {
  if (call.kind !== 'exception') return { ...call, at };
  const { error, ...rest } = call;
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' };
  return { ...rest, at, name, message, stack };
}
