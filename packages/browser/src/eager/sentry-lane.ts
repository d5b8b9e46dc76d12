import { warnOnce } from '../warn-once.ts';
import { createCallQueue } from './call-queue.ts';
import { createLateStart } from './late-start.ts';
import type { SentryCall } from './sentry-call.ts';

/** What the SDK is started with. */
export interface SentrySettings {
  readonly dsn: string;
  readonly environment: string;
  readonly release: string | undefined;
  readonly tracesSampleRate: number;
  /** Same-origin path that passes envelopes on. */
  readonly tunnel: string;
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
  if (queue.pending().some(({ call }) => call.kind === 'exception')) late.now();
}

/** Turns the lane off for the life of the page. */
export function closeSentryLane(): void {
  settings = 'off';
  queue.clear();
}

/** Passes a call to the SDK, now or when it is there. Returns false when error tracking is off. */
export function sendToSentry(call: SentryCall): boolean {
  if (settings === 'off') return false;
  queue.push(call);
  if (call.kind === 'exception') late.now();
  return true;
}
