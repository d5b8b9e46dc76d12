import { scrubText } from '@qr/common/shared';
import {
  type LetterFilter,
  matchesFilter,
  type RejectedRecord,
  readDeadLetters,
  type SpoolRoot,
} from '@qr/common/spool';
import { printable } from '../cli/printable.ts';
import { shapeOf } from './shape.ts';

/** Records that were rejected for the same reason. */
export interface DeadGroup {
  readonly spool: string;
  readonly lane: string;
  readonly reason: string;
  readonly field: string | null;
  readonly count: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** Names and types of the newest of them. */
  readonly example: string;
  /** As they were sent; only when they were asked for. */
  readonly records?: readonly unknown[];
}

interface DeadOptions {
  readonly showRecords: boolean;
  /** Names that may be shown: those of the plan. */
  readonly eventNames: ReadonlySet<string>;
}

/** Why records of a spool were rejected: the most frequent reason first. */
export async function deadGroupsOf(
  { name, root }: SpoolRoot,
  filter: LetterFilter,
  { showRecords, eventNames }: DeadOptions,
): Promise<DeadGroup[]> {
  const letters = (await readDeadLetters(root)).filter((letter) => matchesFilter(letter, filter));
  const groups = new Map<string, RejectedRecord[]>();
  for (const letter of letters) {
    // A receiver may repeat what it was sent.
    const key = JSON.stringify([letter.lane, scrubText(letter.reason), letter.field]);
    groups.set(key, [...(groups.get(key) ?? []), letter]);
  }
  return [...groups.values()]
    .map((group) => describe(name, group, { showRecords, eventNames }))
    .sort((a, b) => b.count - a.count);
}

function describe(
  spool: string,
  letters: readonly RejectedRecord[],
  { showRecords, eventNames }: DeadOptions,
): DeadGroup {
  const newest = letters.at(-1);
  if (!newest) throw new Error('expected a group with something in it');
  return {
    spool,
    lane: newest.lane,
    reason: scrubText(newest.reason),
    field: newest.field ?? null,
    count: letters.length,
    first: letters[0]?.at ?? newest.at,
    last: newest.at,
    example: shapeOf(newest.record, eventNames),
    ...(showRecords && { records: letters.map(({ record }) => record) }),
  };
}

/** The groups for people. */
export function deadLines(groups: readonly DeadGroup[]): string[] {
  if (groups.length === 0) return ['There are no such rejected records.'];
  return groups.flatMap(({ spool, lane, reason, field, count, first, last, example, records }, index) => [
    ...(index === 0 ? [] : ['']),
    `${spool}, lane ${lane}: ${count} rejected`,
    `  reason   ${printable(reason)}`,
    ...(field === null ? [] : [`  field    ${printable(field)}`]),
    `  when     ${first === last ? timeOf(first) : `${timeOf(first)} to ${timeOf(last)}`} UTC`,
    `  example  ${printable(example)}`,
    ...(records ?? []).map((record) => `  record   ${printable(JSON.stringify(record))}`),
  ]);
}

function timeOf(iso: string): string {
  return printable(iso.slice(0, 19).replace('T', ' '));
}
