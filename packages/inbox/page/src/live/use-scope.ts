import type { StoredRecord } from '../../../src/store/records.ts';
import { timeOf, traceOf, userOf } from '../shared/describe.ts';
import { hrefOf } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';
import type { LiveFilter } from './filters.ts';

const LIMIT = '500';

/** All of one trace or user, older records than the stream's too, in order of what happened; undefined when all are shown. */
export function useScope(
  { user, trace }: LiveFilter,
  arrived: readonly StoredRecord[],
  revision: number,
): readonly StoredRecord[] | undefined {
  const isScoped = user !== '' || trace !== '';
  const path = isScoped ? hrefOf('/api/timeline', { user, trace_id: trace, limit: LIMIT }) : null;
  const { data } = useJson<{ records: readonly StoredRecord[] }>(path, revision);
  if (!isScoped) return undefined;
  const records = data?.records ?? [];
  const known = new Set(records.map(({ id }) => id));
  const isTheirs = (record: StoredRecord): boolean =>
    (user === '' || userOf(record) === user) && (trace === '' || traceOf(record) === trace);
  const later = arrived.filter((record) => !known.has(record.id) && isTheirs(record));
  return [...later, ...records].sort((left, right) => timeOf(right) - timeOf(left));
}
