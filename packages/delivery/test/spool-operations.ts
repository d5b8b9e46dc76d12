import * as operations from '../src/operations/index.ts';
import { lanes, personIds } from './lanes.ts';

export type { LetterFilter, ReplayedLane } from '../src/operations/index.ts';

// The operations, for the lanes of the tests.

/** With the names of two spools within that of a process. */
export const findSpools = (folder: string) => operations.findSpools(folder, ['errors', 'pages']);

export const listSpool = (root: string, now: number) => operations.listSpool(root, lanes, now);

export const readDeadLetters = (root: string) => operations.readDeadLetters(root, lanes);

export const replayDeadLetters = (root: string, filter: operations.LetterFilter, now: number) =>
  operations.replayDeadLetters(root, lanes, filter, now);

export const planPurge = (root: string, selection: operations.PurgeSelection, now: number) =>
  operations.planPurge(root, lanes, selection, now);

export const purgeSpool = (root: string, selection: operations.PurgeSelection, now: number) =>
  operations.purgeSpool(root, lanes, selection, now);

export const forgetInSpool = (root: string, userIds: readonly string[], now: number) =>
  operations.forgetInSpool(root, lanes, userIds, now, personIds);
