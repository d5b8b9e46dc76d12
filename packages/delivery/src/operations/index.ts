export {
  isReplayable,
  type LetterFilter,
  matchesFilter,
  type RejectedRecord,
  readDeadLetters,
} from '../dead-letters.ts';
export type { FolderOwner } from '../spool/owners.ts';
export type { CorruptedFile } from '../spool/undeliverable.ts';
export { type ForgottenInSpool, forgetInSpool } from './forget.ts';
export {
  type FolderListing,
  findSpools,
  listSpool,
  type SpoolListing,
  type SpoolRoot,
  type UnknownFile,
  type WaitingFile,
} from './listing.ts';
export { type PurgeCounts, type PurgeSelection, planPurge, purgeSpool } from './purge.ts';
export { type ReplayedLane, replayDeadLetters } from './replay.ts';
