/** `no_data`: there is nothing to judge by, which is neither good nor bad news. */
export type AlertStatus = 'ok' | 'firing' | 'no_data';

/** What one rule said at one time. */
export interface AlertState {
  /** The rule's name. */
  readonly rule: string;
  readonly status: AlertStatus;
  /** Events, milliseconds, or a share from 0 to 1; `null` with `no_data`. */
  readonly value: number | null;
  /** The time that the value is about, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Why there is no data, as a sentence. */
  readonly reason?: string;
  /** When this was found out, in milliseconds since the epoch. */
  readonly at: number;
}
