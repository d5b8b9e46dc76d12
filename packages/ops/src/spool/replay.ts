import {
  isReplayable,
  type LetterFilter,
  laneNames,
  listSpool,
  matchesFilter,
  readDeadLetters,
  replayDeadLetters,
  type SpoolRoot,
} from '@qr/telemetry/operations';
import { countOf } from '../cli/amount.ts';

/** Rejected records of a lane that are sent again. */
interface LaneReplay {
  readonly spool: string;
  readonly lane: string;
  readonly records: number;
  /** Not whole, so they stay. */
  readonly unusable: number;
}

/** What becomes of the rejected records of a spool. */
export interface SpoolReplay {
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
