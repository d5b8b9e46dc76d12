/** One difference between two plans. */
export interface PlanChange {
  /** Whether code that sends the event, or a report that reads it, can go wrong. */
  readonly isBreaking: boolean;
  /** The event, or `profile`. */
  readonly subject: string;
  readonly property?: string;
  readonly what: string;
}
