/** What a 400 says: which records were refused and why. The rest of the batch was stored. */
export interface Rejections {
  /** Indexes of the refused records; `'all'` when the answer does not name any. */
  readonly indexes: readonly number[] | 'all';
  readonly reason: string;
}

/** Reads the body of a refused `/import` request. Mixpanel reference, import-events: `failed_records` with `index`. */
export function readRejections(body: string, recordCount: number): Rejections {
  const answer = parse(body);
  const reason = typeof answer?.error === 'string' ? answer.error : body.slice(0, 200);
  if (!Array.isArray(answer?.failed_records)) return { indexes: 'all', reason };
  const failed = answer.failed_records as readonly { index?: unknown; field?: unknown; message?: unknown }[];
  const indexes = failed
    .map(({ index }) => index)
    .filter((index): index is number => Number.isInteger(index) && Number(index) >= 0 && Number(index) < recordCount);
  const first = failed.find(({ message }) => typeof message === 'string');
  return { indexes: [...new Set(indexes)], reason: typeof first?.message === 'string' ? first.message : reason };
}

function parse(body: string): { error?: unknown; failed_records?: unknown } | undefined {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
