import type { LaneName } from './record.ts';

/** The receiver's answer, or why there is none. */
export type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly networkError: string };

/** How a sealed batch leaves the process. Never throws: a failure is a {@link Reply}. */
export interface Transport {
  /** @param body a JSON array of records, not compressed. */
  send(lane: LaneName, body: string): Promise<Reply>;
  close(): Promise<void>;
}
