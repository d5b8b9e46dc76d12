/** An answer over HTTP. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Records of one request, sealed: whatever carries them, the bytes stay the same. */
export interface SealedBatch {
  /** Unique over all processes; `[A-Za-z0-9-]`. */
  readonly id: string;
  readonly records: number;
  /** A gzipped JSON array, or a gzipped envelope. */
  readonly body: Buffer;
}

/** The receiver's answer, or why there is none. */
export type Reply = HttpReply | { readonly networkError: string };

/** The network error of a batch that was recalled: it says nothing about the receiver. */
export const RECALLED = 'recalled';

/** How a sealed batch leaves the process. Never throws: a failure is a {@link Reply}. */
export interface Transport {
  /** Batches of one lane that may be under way at once. @default 1 */
  readonly maxInFlight?: number;
  /** The receiver and the project in it. A batch in a queue that shippers share is taken only by those with the same one. */
  readonly destination?: string;
  /** Resolves once the receiver has answered for good; the batch is kept until then. */
  send(lane: string, batch: SealedBatch): Promise<Reply>;
  /**
   * Takes a batch back that was handed over and is not being delivered yet; its `send` then resolves with the network error {@link RECALLED}. Called for a batch that
   * may name an erased person; needed of a transport that keeps batches elsewhere. Never throws.
   */
  recall?(lane: string, batchId: string): Promise<void>;
  close(): Promise<void>;
}
