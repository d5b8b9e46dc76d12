/** Any JSON object, as it came over the wire: nothing about its values is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What every stored record has: its place in the order of arrival, and when it arrived. */
interface Arrival {
  /** Grows by one with each record of any kind, and keeps growing over restarts of a kept data file. */
  readonly id: number;
  /** Milliseconds since the epoch, by the clock of the inbox. */
  readonly receivedAt: number;
}

/** Where the vendor would place a record, and from what it would know. */
export type Placement =
  /** Country, region or city, as sent. */
  | { readonly by: 'sender'; readonly place: string }
  | { readonly by: 'coordinates'; readonly place: string }
  /** An address that the record names. */
  | { readonly by: 'ip'; readonly address: string }
  /** The address that the request came from; a server's own when a server sent it. */
  | { readonly by: 'request'; readonly address: string; readonly isServer: boolean }
  | { readonly by: 'nothing'; readonly reason: string };

/** One Mixpanel event that passed the rules of its endpoint. */
export interface StoredEvent extends Arrival {
  readonly kind: 'event';
  readonly endpoint: 'track' | 'import';
  readonly event: string;
  readonly distinctId: string;
  /** When it happened, milliseconds since the epoch, whichever unit the client sent. */
  readonly time: number;
  readonly insertId: string;
  /** How often it was received, on the latest copy; absent when once. */
  readonly repeats?: number;
  readonly properties: JsonObject;
  /** Missing in data files of older versions. */
  readonly placement?: Placement;
}

/** One Mixpanel profile or group update, as sent. */
export interface StoredProfileUpdate extends Arrival {
  readonly kind: 'profile';
  readonly endpoint: 'engage' | 'groups';
  /** The user, or the group's id when `groupKey` is set. */
  readonly distinctId: string;
  readonly groupKey: string | null;
  /** `$set`, `$add` ... with their values. */
  readonly operations: JsonObject;
  /** Of user profiles; missing in data files of older versions. */
  readonly placement?: Placement;
  /** The request was compressed, which is not documented here. */
  readonly gzip?: true;
}

/** One Sentry error or message event. */
export interface StoredError extends Arrival {
  readonly kind: 'error';
  readonly project: string;
  readonly eventId: string;
  readonly issueId: string;
  readonly time: number;
  readonly type: string;
  readonly value: string;
  readonly level: string;
  readonly service: string | null;
  readonly traceId: string | null;
  readonly userId: string | null;
  /** The whole event, in the form of the current protocol whatever SDK sent it. */
  readonly event: JsonObject;
}

/** One span: of a streamed container, or of a transaction and its children. */
export interface StoredSpan extends Arrival {
  readonly kind: 'span';
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly op: string | null;
  readonly status: string;
  /** True for the root span of a service's part of the trace. */
  readonly isSegment: boolean;
  readonly time: number;
  readonly durationMs: number;
  readonly service: string | null;
  readonly userId: string | null;
  readonly attributes: JsonObject;
}

/** One Sentry log line. */
export interface StoredLog extends Arrival {
  readonly kind: 'log';
  readonly project: string;
  readonly level: string;
  readonly body: string;
  readonly time: number;
  readonly traceId: string | null;
  readonly userId: string | null;
  readonly attributes: JsonObject;
}

/** Any other envelope item: metrics, sessions, check-ins, client reports, replays, profiles, feedback. */
export interface StoredItem extends Arrival {
  readonly kind: 'item';
  readonly project: string;
  readonly type: string;
  readonly bytes: number;
  readonly traceId: string | null;
  /** The JSON payload; null when the payload is binary. */
  readonly payload: unknown;
}

/** A record that the vendor would not keep, often without saying so. */
export interface StoredRejection extends Arrival {
  readonly kind: 'rejected';
  readonly endpoint: string;
  readonly field: string;
  readonly message: string;
  readonly record: unknown;
}

/** Everything the inbox stores. */
export type StoredRecord =
  | StoredEvent
  | StoredProfileUpdate
  | StoredError
  | StoredSpan
  | StoredLog
  | StoredItem
  | StoredRejection;

export type RecordKind = StoredRecord['kind'];
export type RecordOf<Kind extends RecordKind> = Extract<StoredRecord, { readonly kind: Kind }>;

type WithoutId<Stored> = Stored extends unknown ? Omit<Stored, 'id'> : never;

/** A record on its way in; the store gives it its id. */
export type NewRecord = WithoutId<StoredRecord>;

export const RECORD_KINDS: readonly RecordKind[] = ['event', 'profile', 'error', 'span', 'log', 'item', 'rejected'];

/** True for an object that is neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
