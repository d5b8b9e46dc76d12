import type { HttpReply } from './transport.ts';

/** Why a receiver refused one record. */
export interface Refusal {
  readonly reason: string;
  readonly field?: string;
}

/**
 * What a reply says about the records of a batch. `foreign` is a reply that the receiver would not write: of a proxy, a captive portal, or a
 * receiver whose count does not match. It says nothing about the records.
 */
export type Verdict =
  | { readonly kind: 'accepted' }
  /** The named records are refused, all others are stored. */
  | { readonly kind: 'refused'; readonly refusals: ReadonlyMap<number, Refusal> }
  /** Some or all records are refused, and the reply does not say which. */
  | { readonly kind: 'refused_unnamed'; readonly reason: string }
  | { readonly kind: 'foreign' };

/** Reads the body of a 2xx or a 400. Pure. */
export type ReadReply = (reply: HttpReply, records: number) => Verdict;

/** One endpoint of a destination: how its records travel, and how its receiver answers. */
export interface LaneDefinition {
  /** Records gathered into a JSON array, or one finished envelope per request: lines of JSON, as Sentry's protocol has them. */
  readonly format: 'array' | 'envelope';
  /** Returns the owner of a record, in a lane whose records of one owner must arrive in order because the last update wins. */
  readonly subjectOf?: (record: string) => string;
  /** Whether all records ask for the erasure of a person, and so name that person for good reason. @default false */
  readonly requestsErasure?: boolean;
  /** Returns whether this record does. */
  readonly isErasureRequest?: (record: string) => boolean;
  readonly readReply: ReadReply;
  /** Returns the body with which the receiver accepts a batch. Test doubles answer with it. */
  readonly acknowledge: (records: number) => unknown;
}

/** The lanes of a process by name. A name is lower-case letters: it begins the names of the lane's files. */
export type Lanes<Name extends string = string> = Readonly<Record<Name, LaneDefinition>>;
