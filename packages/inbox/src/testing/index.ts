import type {} from 'vitest';
import { toHaveIdentified, toHaveLeaked, toHaveReported, toHaveTraced, toHaveTracked } from './matchers.ts';

/** Pass to `expect.extend`; then `expect(inbox).toHaveTracked('qr_created', { qr_type: 'url' })`. */
export const inboxMatchers = { toHaveTracked, toHaveIdentified, toHaveReported, toHaveTraced, toHaveLeaked };

/**
 * Names that editors complete. Fill it from your plan:
 * `declare module '@qr/inbox/testing' { interface PlannedEvents extends Record<EventName, unknown> {} }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: declaration merging fills it.
export interface PlannedEvents {}

/** Any other name is as good, for tests of unplanned events. */
type EventName = keyof PlannedEvents | (string & Record<never, never>);
type Fields = Readonly<Record<string, unknown>>;

declare module 'vitest' {
  interface Matchers<T> {
    /** At least one event of this name, with at least these properties. */
    toHaveTracked(event: EventName, properties?: Fields): T;
    /** A profile of this user, with at least these properties. */
    toHaveIdentified(userId: string, properties?: Fields): T;
    /** An error whose `Type: value` matches, with at least these fields. */
    toHaveReported(what: string | RegExp, fields?: Fields): T;
    /** A span of this name, with at least these fields. */
    toHaveTraced(name: string, fields?: Fields): T;
    /** The text is somewhere in what arrived, in any encoding. Meant for `.not`; wants `keepRaw`. */
    toHaveLeaked(secret: string | RegExp): T;
  }
}
