import type { Identity } from '../../store/identity.ts';
import type { EventIndex } from './event-index.ts';

/** What reports are made from. */
export interface ReportSource {
  readonly index: EventIndex;
  readonly identity: Identity;
  /** What is "today". */
  readonly now: () => number;
}
