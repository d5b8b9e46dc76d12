/** A dashboard of Sentry, as data. Its title is how it is found again. */
export interface SentryDashboard {
  readonly title: string;
  /** The time that it shows until one chooses another. */
  readonly period: `${number}${'h' | 'd'}`;
  /** In rows of six columns, from left to right. */
  readonly widgets: readonly SentryWidget[];
}

/** One chart, number or table. Its title is unique on its dashboard. */
export interface SentryWidget {
  readonly title: string;
  /** What it is for, at most 255 characters. */
  readonly description: string;
  /** Durations are in `spans`: a v11 SDK sends no transactions. */
  readonly dataset: 'issue' | 'error-events' | 'spans';
  readonly display: 'line' | 'area' | 'bar' | 'table' | 'big_number';
  /** What is computed, such as `count()`; none for issues, which are listed. */
  readonly aggregates: readonly string[];
  /** What it is computed for each of. @default [] */
  readonly columns?: readonly string[];
  /** In Sentry's search syntax; empty for everything. */
  readonly conditions: string;
  /** An aggregate, with `-` for the largest first; `date` or `freq` for issues. @default '' */
  readonly orderBy?: string;
  /** How many groups a chart draws, 1 to 10. @default no limit, for a table */
  readonly limit?: number;
  /** Columns of the grid, of six. */
  readonly width: 1 | 2 | 3 | 4 | 5 | 6;
  /** Rows of the grid. @default 2 */
  readonly height?: number;
}
