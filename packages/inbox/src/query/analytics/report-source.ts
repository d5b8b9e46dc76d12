import type { Identity } from '../../store/identity.ts';
import type { Profiles } from '../../store/profiles.ts';
import type { EventIndex } from './event-index.ts';

/** What reports are made from. */
export interface ReportSource {
  readonly index: EventIndex;
  readonly identity: Identity;
  readonly profiles: Profiles;
  /** Events that link ids and are no activity: nobody is born, returns or counts as active by one. */
  readonly linkEvents: ReadonlySet<string>;
  /** Event names of the plan's main funnel, in order. @default none */
  readonly usualFunnel?: readonly string[] | undefined;
  /** What is "today". */
  readonly now: () => number;
}
