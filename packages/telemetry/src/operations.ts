import {
  type ForgottenInSpool,
  findSpools as findSpoolsIn,
  forgetInSpool as forgetIn,
  isReplayable as isReplayableIn,
  type LetterFilter,
  listSpool as listIn,
  type PurgeCounts,
  type PurgeSelection,
  planPurge as planPurgeIn,
  purgeSpool as purgeIn,
  type RejectedRecord,
  type ReplayedLane,
  readDeadLetters as readIn,
  replayDeadLetters as replayIn,
  type SpoolListing,
  type SpoolRoot,
} from '@qr/delivery/operations';
import { lanes } from './destinations/lanes.ts';
import { personIdsOf } from './destinations/person-ids.ts';
import { createPeople } from './people.ts';
import { readObservabilityConfig } from './settings/load-config.ts';
import { ERRORS_FOLDER, PAGES_FOLDER } from './settings/spool-root.ts';
import { createWarnOnce } from './warn-once.ts';

export {
  type CorruptedFile,
  type FolderListing,
  type FolderOwner,
  type ForgottenInSpool,
  type LetterFilter,
  matchesFilter,
  type PurgeCounts,
  type PurgeSelection,
  type RejectedRecord,
  type ReplayedLane,
  type SpoolListing,
  type SpoolRoot,
  type UnknownFile,
  type WaitingFile,
} from '@qr/delivery/operations';
export { isUsableId } from './analytics/ids.ts';
export { type LaneName, laneNames } from './destinations/lanes.ts';
export { deletionPath, readDeletion } from './destinations/mixpanel-deletion-api.ts';
export { personalHashOf } from './people.ts';

// The operations on a spool, for the lanes and the parts that a process of this library has.

export const findSpools = (folder: string): Promise<SpoolRoot[]> => findSpoolsIn(folder, [ERRORS_FOLDER, PAGES_FOLDER]);

export const listSpool = (root: string, now: number): Promise<SpoolListing> => listIn(root, lanes, now);

export const readDeadLetters = (root: string): Promise<RejectedRecord[]> => readIn(root, lanes);

export const isReplayable = (letter: RejectedRecord): boolean => isReplayableIn(letter, lanes);

export const replayDeadLetters = (root: string, filter: LetterFilter, now: number): Promise<ReplayedLane[]> =>
  replayIn(root, lanes, filter, now);

export const planPurge = (root: string, selection: PurgeSelection, now: number): Promise<PurgeCounts> =>
  planPurgeIn(root, lanes, selection, now);

export const purgeSpool = (root: string, selection: PurgeSelection, now: number): Promise<PurgeCounts> =>
  purgeIn(root, lanes, selection, now);

export const forgetInSpool = (
  root: string,
  userIds: readonly string[],
  now: number,
  options: { readonly personFields?: Iterable<string> } = {},
): Promise<ForgottenInSpool> =>
  forgetIn(root, lanes, userIds, now, personIdsOf(options.personFields ?? [], peopleOfEnvironment()));

/** Ids and hashes as the environment has them: an operation belongs to no instance. */
function peopleOfEnvironment(): ReturnType<typeof createPeople> {
  return createPeople({
    readSettings: readObservabilityConfig,
    variables: () => process.env,
    warnOnce: createWarnOnce(),
  });
}
