// Everything that this package remembers of a page. Its functions are plain functions, so what they share needs a place; no other module keeps state.

import type { ConsentState } from './consent.ts';
import { createLane, type Lane } from './lane.ts';
import type { MixpanelCall, MixpanelSettings } from './mixpanel.ts';
import type { PageTrace } from './page-trace.ts';
import type { SentryCall, SentrySettings } from './sentry.ts';

/** What changes as a whole. */
export const page: {
  /** The answers in force; undefined until somebody asks. */
  consent?: ConsentState;
  /** The trace of the page that is shown now; undefined while error tracking is off. */
  trace?: PageTrace;
  /** Sends the automatic page view that waits for a manual one to replace it. */
  view?: (() => void) | undefined;
} = {};

export const sentryLane: Lane<SentryCall, SentrySettings> = createLane(['breadcrumb', 'page', 'user'], 'exception');
export const mixpanelLane: Lane<MixpanelCall, MixpanelSettings> = createLane(['event']);

export const consentListeners: Set<() => void> = new Set();
/** Run when the page is left, the newest first. */
export const leaveTasks: (() => void)[] = [];
/** The method of the request that a response answers; it does not say so itself. */
export const methods: WeakMap<object, string> = new WeakMap();
/** Ids of the errors that were reported, by the text that they are recognised by. */
export const errorIds: Map<string, string> = new Map();
/** Names under which the app itself counted the page that is shown now. */
export const manualViews: Set<string> = new Set();
const warnings = new Set<string>();

/**
 * Warns on the console once a page, under a prefix that shows where the warning comes from.
 *
 * Warnings about a variable stand behind `import.meta.env?.DEV`, so that visitors do not fetch their text; the Vite plugin gives them at build.
 *
 * @param details shown beside the message as they are: what was thrown may have no text of its own.
 */
export function warnOnce(message: string, ...details: unknown[]): void {
  if (warnings.has(message)) return;
  warnings.add(message);
  console.warn(`[observability] ${message}`, ...details);
}
