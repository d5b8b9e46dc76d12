import { type LaneName, laneNames, type PurgeSelection } from '@qr/telemetry/operations';
import { CommandError } from '../cli/command-error.ts';

const DAY_MS = 86_400_000;

/** @throws CommandError that lists the lanes. */
export function readLane(value: string | undefined): LaneName | undefined {
  if (value === undefined) return undefined;
  const lane = laneNames.find((name) => name === value);
  if (lane) return lane;
  throw new CommandError(`--lane must be one of ${laneNames.join(', ')}, got "${value}".`);
}

/** What the command line selects for deletion; there is no default, so that nobody deletes everything by pressing return. */
export interface PurgeOptions {
  readonly dead?: boolean;
  readonly corrupted?: boolean;
  readonly lane?: string;
  readonly olderThan?: string;
}

/** @throws CommandError when nothing was selected, or not in a way that can be understood. */
export function readSelection({ dead, corrupted, lane, olderThan }: PurgeOptions, now: number): PurgeSelection {
  if (!dead && !corrupted && lane === undefined && olderThan === undefined)
    throw new CommandError(
      'Say what is to be deleted: --dead, --corrupted, --lane <lane>, --older-than <days>, or several of these.',
    );
  if (dead && corrupted)
    throw new CommandError('--dead and --corrupted exclude each other: rejected records lie in no corrupted file.');
  const days = olderThan === undefined ? undefined : Number(olderThan.trim() || Number.NaN);
  if (days !== undefined && !(days >= 0 && days < 10_000))
    throw new CommandError(`--older-than must be a number of days such as 30, got "${olderThan}".`);
  return {
    onlyDead: dead ?? false,
    onlyCorrupted: corrupted ?? false,
    lane: readLane(lane),
    ...(days !== undefined && { before: now - days * DAY_MS }),
  };
}
