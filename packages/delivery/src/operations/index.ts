export type { CorruptedFile } from '../corrupted.ts';
export type { FolderOwner } from '../spool-folder.ts';
export { findSpools, type SpoolRoot } from './find-spools.ts';
export { type ForgottenInSpool, forgetInSpool } from './forget.ts';
export { isReplayable, type LetterFilter, matchesFilter, type RejectedRecord, readDeadLetters } from './letters.ts';
export { type FolderListing, listSpool, type SpoolListing, type UnknownFile, type WaitingFile } from './listing.ts';
export { type PurgeCounts, type PurgeSelection, planPurge, purgeSpool } from './purge.ts';
export { type ReplayedLane, replayDeadLetters } from './replay.ts';
