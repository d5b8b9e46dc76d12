import type { BrowserEventName, ServerEventName } from '@qr/events';

/** An event of the tracking plan: a name that is not in it does not compile. */
export type PlannedEvent = BrowserEventName | ServerEventName;

/** A board of Mixpanel, as data. */
export interface MixpanelBoard {
  readonly title: string;
  readonly description: string;
  readonly reports: readonly MixpanelReport[];
}

export type MixpanelReport = InsightsReport | FunnelReport | RetentionReport;

interface Report {
  readonly title: string;
  /** The days up to today that it shows. */
  readonly lastDays: number;
  /** What one should know before drawing conclusions. */
  readonly caution?: string;
}

/** How often things were done. */
export interface InsightsReport extends Report {
  readonly kind: 'insights';
  readonly metrics: readonly { readonly event: PlannedEvent; readonly count: 'total' | 'unique' }[];
  readonly chart: 'line' | 'bar';
  readonly unit: 'hour' | 'day' | 'week';
  /** A property that all its events have. */
  readonly breakdown?: string;
}

/** How many of those who did the first step went on to the last, each person once, in this order. */
export interface FunnelReport extends Report {
  readonly kind: 'funnel';
  readonly steps: readonly PlannedEvent[];
  /** How long one may take from the first step to the last. */
  readonly windowDays: number;
}

/** How many of those who did one thing came back to do another. */
export interface RetentionReport extends Report {
  readonly kind: 'retention';
  readonly birth: PlannedEvent;
  readonly comeback: PlannedEvent;
  readonly unit: 'day' | 'week';
  /** Whether one who comes back later counts for the earlier units too: what the page chooses by itself. */
  readonly criteria: 'on_or_after' | 'on';
}

/** People who belong together by what they did; all conditions must hold. */
export interface MixpanelCohort {
  readonly name: string;
  readonly description: string;
  readonly conditions: readonly CohortCondition[];
}

/** That an event was done at least or at most so many times in the days up to now. */
export interface CohortCondition {
  readonly event: PlannedEvent;
  readonly times: { readonly atLeast: number } | { readonly atMost: number };
  readonly lastDays: number;
}
