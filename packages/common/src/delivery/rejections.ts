/** What a 400 says: which records were refused and why. The rest of the batch was stored. */
export interface Rejections {
  /** Indexes of the refused records; `'all'` when the answer does not name any. */
  readonly indexes: readonly number[] | 'all';
  readonly reason: string;
  /** What was said of single records, by index. */
  readonly details: ReadonlyMap<number, { readonly reason: string; readonly field?: string }>;
}

/** Reads the body of a refused `/import` request. Mixpanel reference, import-events: `failed_records` with `index`. */
export function readRejections(body: string, recordCount: number): Rejections {
  const answer = parse(body);
  const reason = typeof answer?.error === 'string' ? answer.error : body.slice(0, 200);
  const details = new Map<number, { reason: string; field?: string }>();
  if (!Array.isArray(answer?.failed_records)) return { indexes: 'all', reason, details };
  for (const failed of answer.failed_records as readonly unknown[]) {
    const { index, field, message } = (failed ?? {}) as Record<string, unknown>;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= recordCount) continue;
    if (details.has(index)) continue;
    details.set(index, {
      reason: typeof message === 'string' ? message : reason,
      ...(typeof field === 'string' && { field }),
    });
  }
  const first = details.values().next().value;
  // Some were refused, and we cannot tell which: kept to be looked at, rather than taken for stored.
  if (!first) return { indexes: 'all', reason, details };
  return { indexes: [...details.keys()], reason: first.reason, details };
}

function parse(body: string): { error?: unknown; failed_records?: unknown } | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
