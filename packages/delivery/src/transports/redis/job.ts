import { type BatchJob, FORMAT, type Format, hashDestination } from './names.ts';

/** What a shipper can read of a job, or why it has to leave it to another. */
export type ReadJob =
  | { readonly kind: 'batch'; readonly format: Format; readonly records: number }
  | { readonly kind: 'other_destination' }
  | { readonly kind: 'unknown_format' };

/** Makes the data of a job. */
export function makeJob(records: number, destination: string | undefined): BatchJob {
  return { v: FORMAT, records, ...(destination !== undefined && { to: hashDestination(destination) }) };
}

/** Reads what a producer of any version has left, for a shipper that sends to `destination`; `undefined` takes batches for every destination. */
export function readJob(data: unknown, destination: string | undefined): ReadJob {
  const {
    v = 1,
    records,
    to,
  } = (data ?? {}) as { readonly v?: unknown; readonly records?: unknown; readonly to?: unknown };
  const isKnown = v === 1 || v === FORMAT;
  if (!isKnown || typeof records !== 'number') return { kind: 'unknown_format' };
  const isForUs = to === undefined || destination === undefined || to === hashDestination(destination);
  return isForUs ? { kind: 'batch', format: v, records } : { kind: 'other_destination' };
}
