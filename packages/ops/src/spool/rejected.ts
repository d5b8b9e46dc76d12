import {
  isReplayable,
  type LetterFilter,
  laneNames,
  listSpool,
  matchesFilter,
  type RejectedRecord,
  readDeadLetters,
  replayDeadLetters,
  type SpoolRoot,
} from '@qr/telemetry/operations';
import { scrubText } from '@qr/telemetry/privacy';
import { countOf, printable } from '../cli/terminal.ts';

/** Records that were rejected for the same reason. */
interface DeadGroup {
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
  options: DeadOptions,
): Promise<DeadGroup[]> {
  const letters = (await readDeadLetters(root)).filter((letter) => matchesFilter(letter, filter));
  const groups = new Map<string, RejectedRecord[]>();
  for (const letter of letters) {
    // A receiver may repeat what it was sent.
    const key = JSON.stringify([letter.lane, scrubText(letter.reason), letter.field]);
    groups.set(key, [...(groups.get(key) ?? []), letter]);
  }
  return [...groups.values()].map((group) => describe(name, group, options)).sort((a, b) => b.count - a.count);
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

const MAX_DEPTH = 4;

/** What a record looks like, without what it says: names and types, and the name of a known event. */
function shapeOf(value: unknown, eventNames: ReadonlySet<string>, depth = 0): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], eventNames, depth + 1)}, ...]`;
  if (typeof value !== 'object') return typeof value;
  if (depth === MAX_DEPTH) return 'object';
  const fields = Object.entries(value).map(([name, inner]) => {
    const isEventName = depth === 0 && name === 'event' && eventNames.has(String(inner));
    return `${name}: ${isEventName ? inner : shapeOf(inner, eventNames, depth + 1)}`;
  });
  return `{ ${fields.join(', ')} }`;
}

/** Rejected records of a lane that are sent again. */
interface LaneReplay {
  readonly spool: string;
  readonly lane: string;
  readonly records: number;
  /** Not whole, so they stay. */
  readonly unusable: number;
}

/** What becomes of the rejected records of a spool. */
interface SpoolReplay {
  readonly lanes: readonly LaneReplay[];
  /** Whether somebody is there to send them at once. */
  readonly isRunning: boolean;
  /** Why they could not be put back; all of them stay, or those of the last lanes. */
  readonly problem?: string;
}

/** What a replay would put back. */
export async function planReplay({ name, root }: SpoolRoot, filter: LetterFilter, now: number): Promise<SpoolReplay> {
  const letters = (await readDeadLetters(root)).filter((letter) => matchesFilter(letter, filter));
  const lanes = laneNames.flatMap((lane): LaneReplay[] => {
    const ofLane = letters.filter((letter) => letter.lane === lane);
    const records = ofLane.filter(isReplayable).length;
    return ofLane.length === 0 ? [] : [{ spool: name, lane, records, unusable: ofLane.length - records }];
  });
  const { folders } = await listSpool(root, now);
  return { lanes, isRunning: folders.some(({ state }) => state !== 'ended') };
}

/** Puts rejected records back among what waits; what is written meanwhile is left for the next time. */
export async function replay(spool: SpoolRoot, filter: LetterFilter, now: number): Promise<SpoolReplay> {
  const { lanes, isRunning } = await planReplay(spool, filter, now);
  if (lanes.length === 0) return { lanes, isRunning };
  try {
    const replayed = await replayDeadLetters(spool.root, filter, now);
    const recordsOf = (lane: string) => replayed.find((each) => each.lane === lane)?.records ?? 0;
    return { lanes: lanes.map((each) => ({ ...each, records: recordsOf(each.lane) })), isRunning };
  } catch (error) {
    return { lanes: [], isRunning, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The outcome for people. */
export function replayLines(replays: readonly SpoolReplay[], isDryRun: boolean): string[] {
  const lanes = replays.flatMap((each) => each.lanes);
  const problems = replays.flatMap(({ problem }) => (problem === undefined ? [] : `Not put back: ${problem}`));
  if (lanes.length + problems.length === 0) return ['There are no such rejected records.'];
  const hasProfiles = lanes.some(({ lane, records }) => records > 0 && (lane === 'engage' || lane === 'groups'));
  return [
    ...replays.flatMap(({ lanes: each, isRunning }) => each.flatMap((lane) => laneLines(lane, isRunning, isDryRun))),
    ...problems,
    ...(hasProfiles
      ? [
          'Profile updates go in their original order among those that wait; a newer value that was sent already is overwritten.',
        ]
      : []),
    ...(isDryRun ? ['Dry run: nothing was changed.'] : []),
  ];
}

function laneLines({ spool, lane, records, unusable }: LaneReplay, isRunning: boolean, isDryRun: boolean): string[] {
  const when = isRunning ? 'a running process sends them within 30 s' : 'sent when a process of the service runs';
  const verb = isDryRun ? 'would go' : 'went';
  return [
    ...(records > 0
      ? [`${spool}, lane ${lane}: ${countOf(records, 'record')} ${verb} back into the spool, ${when}.`]
      : []),
    ...(unusable > 0
      ? [`${spool}, lane ${lane}: ${countOf(unusable, 'record')} cannot be sent again: not whole.`]
      : []),
  ];
}
