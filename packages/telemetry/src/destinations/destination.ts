import type { Deletion, Lanes, Transport } from '@qr/delivery';
import type { Sink } from '../analytics/encoder.ts';

/** What the transports of a destination need of the instance. */
export interface DestinationContext {
  readonly warn: (message: string) => void;
  /** Where this process keeps records that are not delivered yet; `undefined` when it keeps none on disk. */
  readonly spoolRoot: string | undefined;
  /** Creates the queue from which shippers deliver to a receiver of that name. Absent when this process delivers itself. */
  readonly queue?: ((receiver: string) => Transport) | undefined;
}

/**
 * A receiver of planned events, in one object: its endpoints, how records are written for them, and how their batches leave. Spool, retries, dead letters,
 * erasure and statistics come with the lanes.
 *
 * Records are JSON texts that the plan has already reduced to what may leave. An event is `{ event, properties }` in Mixpanel's form: `properties` has
 * `time` in milliseconds since the epoch, `$insert_id`, `distinct_id` with `$user_id` or `$device_id`, and the planned properties. A profile update is
 * `{ $distinct_id, $set, … }`.
 */
export interface Destination {
  /** The name by which events of the plan list it in `destinations`. */
  readonly name: string;
  /** Its endpoints by name. A name is unique over all destinations of an instance, and begins the names of the lane's files. */
  readonly lanes: Lanes;
  /** The lane of events. */
  readonly events: Sink;
  /** The lane of profile updates. @default it takes none */
  readonly profiles?: Sink;
  /**
   * Returns the event that says that two ids are one person, for a receiver with an event of its own for that. @default the event that the plan names
   * `identify`
   */
  readonly link?: (link: Link) => string;
  /** Returns the records that ask the receiver to delete a person. @default it cannot be asked */
  readonly deletionsOf?: (distinctId: string) => readonly Deletion[];
  /** Lanes whose batches may wait in a Redis queue that shippers deliver. @default none */
  readonly queued?: readonly string[];
  /** What Mixpanel's own client needs, whose requests the lanes carry. @default none is made */
  readonly official?: OfficialSettings;
  /** Creates the transport of each lane that this destination has now. Called once, when the instance starts. */
  open(context: DestinationContext): Readonly<Record<string, Transport>>;
}

/** Two ids of one person. */
export interface Link {
  readonly userId: string;
  readonly anonymousId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly insertId: string;
}

/** Settings of Mixpanel's own client. */
export interface OfficialSettings {
  readonly token: string;
  readonly idMerge: 'simplified' | 'original';
}
