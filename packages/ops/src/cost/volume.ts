/** Months are reckoned as so many days. */
export const DAYS_A_MONTH = 30;

/** What the platform sends in a month. */
export interface Volume {
  readonly events: number;
  /** People of whom there is at least one event, visitors included. */
  readonly users: number;
  readonly errors: number;
  readonly spans: number;
  readonly replays: number;
}
