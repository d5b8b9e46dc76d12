import type { LaneName } from './record.ts';

/** Records of one request, sealed: whatever carries them, the bytes stay the same. */
export interface SealedBatch {
  /** Unique over all processes; `[A-Za-z0-9-]`. */
  readonly id: string;
  readonly records: number;
  /** A gzipped JSON array. */
  readonly body: Buffer;
}

/** The receiver's answer, or why there is none. */
export type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly networkError: string };

/** How a sealed batch leaves the process. Never throws: a failure is a {@link Reply}. */
export interface Transport {
  /** Batches of one lane that may be under way at once. @default 1 */
  readonly maxInFlight?: number;
  /** Resolves once the receiver has answered for good; the batch is kept until then. */
  send(lane: LaneName, batch: SealedBatch): Promise<Reply>;
  close(): Promise<void>;
}
