import type { RecordKind, StoredRecord } from '../../../src/store/records.ts';
import { searchTextOf, serviceOf } from '../shared/describe.ts';

/** Which records are shown; all that is given must hold. It is read from the address, so that it can be shared. */
export interface LiveFilter {
  /** Empty: all of them. */
  readonly kinds: ReadonlySet<string>;
  readonly text: string;
  readonly service: string;
  readonly user: string;
  readonly trace: string;
}

export const KINDS: readonly (readonly [RecordKind, string])[] = [
  ['event', 'Events'],
  ['profile', 'Profiles'],
  ['error', 'Errors'],
  ['span', 'Spans'],
  ['log', 'Logs'],
  ['item', 'Other'],
  ['rejected', 'Rejected'],
];

/** The parameters of the address that filter. */
export const NO_FILTER = { kind: null, q: null, service: null, user: null, trace: null } as const;

export function readFilter(query: URLSearchParams): LiveFilter {
  const kinds = query.get('kind')?.split(',') ?? [];
  const read = (name: string): string => query.get(name) ?? '';
  return {
    kinds: new Set(kinds.filter((kind) => kind !== '')),
    text: read('q'),
    service: read('service'),
    user: read('user'),
    trace: read('trace'),
  };
}

/** Whether a record is shown. User and trace are left to whoever knows which records are theirs. */
export function matches(record: StoredRecord, { kinds, text, service }: LiveFilter): boolean {
  return (
    (kinds.size === 0 || kinds.has(record.kind)) &&
    (service === '' || serviceOf(record) === service) &&
    (text === '' || searchTextOf(record).includes(text.trim().toLowerCase()))
  );
}

/** The `kind` parameter after a chip was pressed: all kinds are the same as none chosen. */
export function toggleKind(kinds: ReadonlySet<string>, kind: RecordKind): string | null {
  const chosen =
    kinds.size === 0 ? KINDS.map(([each]) => each) : KINDS.map(([each]) => each).filter((each) => kinds.has(each));
  const next = chosen.includes(kind) ? chosen.filter((each) => each !== kind) : [...chosen, kind];
  // With none left everything would be shown again, which is not what the press asked for.
  if (next.length === 0) return 'none';
  return next.length === KINDS.length ? null : next.join(',');
}
