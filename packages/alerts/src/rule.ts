/** What a rule watches, and which vendor knows it. */
export type Measure = ErrorsMeasure | NewIssuesMeasure | RequestDurationMeasure | EventsMeasure | ConversionMeasure;

/** How many errors were reported in the time up to now. */
export interface ErrorsMeasure {
  readonly kind: 'errors';
  readonly windowMinutes: number;
}

/** How many kinds of error were seen for the first time in the time up to now. */
export interface NewIssuesMeasure {
  readonly kind: 'new_issues';
  readonly windowMinutes: number;
}

/** How long requests took at a service, in milliseconds: the given share of them took no longer. */
export interface RequestDurationMeasure {
  readonly kind: 'request_duration';
  readonly percentile: 50 | 75 | 90 | 95 | 99;
  readonly windowMinutes: number;
}

/**
 * How often something was done in an hour or a day of the project's time zone. An `above` is compared with the present one too, as a count only
 * rises; a `below` with the last complete one.
 */
export interface EventsMeasure {
  readonly kind: 'events';
  readonly event: string;
  readonly unit: 'hour' | 'day';
  /** Each time, or each person once. */
  readonly count: 'total' | 'unique';
}

/** The share of people, 0 to 1, who did all steps in order, of those who did the first. */
export interface ConversionMeasure {
  readonly kind: 'conversion';
  /** Names of events, at least two. */
  readonly steps: readonly string[];
  /** How long one may take from the first step to the last. */
  readonly windowDays: number;
  /** How many days of entries count: the last ones whose window is over. */
  readonly days: number;
}

/** When a rule fires. The bound itself does not. */
export type Condition = { readonly above: number } | { readonly below: number };

/** One alert rule: data only. Its name is how it is found again at the vendors. */
export interface AlertRule {
  /** At most 50 characters, the vendors' tighter limit. */
  readonly name: string;
  /** One sentence for whoever is woken by it. */
  readonly description: string;
  readonly measure: Measure;
  readonly condition: Condition;
  readonly severity: 'high' | 'medium';
  readonly owner: string;
  /** Worth knowing, and no trouble. @default false */
  readonly isGoodNews?: boolean;
  /** Its heading in docs/operations.md, as an anchor. */
  readonly runbook: string;
}

/** The vendor that has what a rule watches. */
export function vendorOf({ kind }: Measure): 'sentry' | 'mixpanel' {
  return kind === 'events' || kind === 'conversion' ? 'mixpanel' : 'sentry';
}
