/** The dashboards of a platform at its vendors. `Event` is the names of its tracking plan, so that a misspelt name does not compile. */
export interface Dashboards<Event extends string = string> {
  readonly sentry?: readonly SentryDashboard[];
  readonly mixpanelBoards?: readonly MixpanelBoard<Event>[];
  readonly mixpanelCohorts?: readonly MixpanelCohort<Event>[];
}

/** A dashboard of Sentry. It is found again by its title. */
export interface SentryDashboard {
  readonly title: string;
  /** The period shown by default. */
  readonly period: `${number}${'h' | 'd'}`;
  /** In rows of six columns, from left to right. */
  readonly widgets: readonly SentryWidget[];
}

/** One chart, number or table. Its title is unique on its dashboard. */
export interface SentryWidget {
  readonly title: string;
  /** At most 255 characters. */
  readonly description: string;
  /** Durations are in `spans`: a v11 SDK sends no transactions. */
  readonly dataset: 'issue' | 'error-events' | 'spans';
  readonly display: 'line' | 'area' | 'bar' | 'table' | 'big_number';
  /** What is computed, such as `count()`; none for issues, which are listed. */
  readonly aggregates: readonly string[];
  /** Grouping columns. @default [] */
  readonly columns?: readonly string[];
  /** In Sentry's search syntax; empty for everything. */
  readonly conditions: string;
  /** An aggregate, with `-` for the largest first; `date` or `freq` for issues. @default '' */
  readonly orderBy?: string;
  /** Number of groups in a chart, 1 to 10. @default no limit, for a table */
  readonly limit?: number;
  /** Columns of the grid, of six. */
  readonly width: 1 | 2 | 3 | 4 | 5 | 6;
  /** Rows of the grid. @default 2 */
  readonly height?: number;
}

/** A board of Mixpanel. */
export interface MixpanelBoard<Event extends string = string> {
  readonly title: string;
  readonly description: string;
  readonly reports: readonly MixpanelReport<Event>[];
}

export type MixpanelReport<Event extends string = string> =
  | InsightsReport<Event>
  | FunnelReport<Event>
  | RetentionReport<Event>;

interface Report {
  readonly title: string;
  /** Number of days shown, up to today. */
  readonly lastDays: number;
  /** A limit of the report that a reader must know. */
  readonly caution?: string;
}

/** Counts of events. */
export interface InsightsReport<Event extends string = string> extends Report {
  readonly kind: 'insights';
  readonly metrics: readonly { readonly event: Event; readonly count: 'total' | 'unique' }[];
  readonly chart: 'line' | 'bar';
  readonly unit: 'hour' | 'day' | 'week';
  /** A property that all its events have. */
  readonly breakdown?: string;
}

/** The share of users who go from the first step to the last, in this order. */
export interface FunnelReport<Event extends string = string> extends Report {
  readonly kind: 'funnel';
  readonly steps: readonly Event[];
  /** Maximum time from the first step to the last. */
  readonly windowDays: number;
}

/** The share of users who do one thing and come back to do another. */
export interface RetentionReport<Event extends string = string> extends Report {
  readonly kind: 'retention';
  readonly birth: Event;
  readonly comeback: Event;
  readonly unit: 'day' | 'week';
  /** Whether a user who comes back later counts for the earlier units too: the default of Mixpanel's page. */
  readonly criteria: 'on_or_after' | 'on';
}

/** Users grouped by their behaviour; all conditions must hold. */
export interface MixpanelCohort<Event extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly conditions: readonly CohortCondition<Event>[];
}

/** A bound on the number of events in the last days. */
export interface CohortCondition<Event extends string = string> {
  readonly event: Event;
  readonly times: { readonly atLeast: number } | { readonly atMost: number };
  readonly lastDays: number;
}
