import {
  type FolderListing,
  laneNames,
  listSpool,
  readDeadLetters,
  type SpoolRoot,
  type WaitingFile,
} from '@qr/telemetry/operations';
import { type UndeliveredFile, undeliveredFiles } from './corrupted.ts';

/** What one lane of a spool holds. */
export interface LaneStatus {
  readonly lane: string;
  /** Sealed, and not sent yet. */
  readonly batches: number;
  readonly records: number;
  /** Of the batches, compressed. */
  readonly bytes: number;
  /** Of the oldest batch; `null` without one. */
  readonly oldestAgeMs: number | null;
  /** Not sealed yet. */
  readonly journals: number;
  readonly unsealedRecords: number;
  readonly deadLetters: number;
}

/** A process that has a folder in a spool. */
export interface ProcessStatus {
  readonly state: FolderListing['state'];
  readonly host: string;
  readonly pid: number;
  readonly batches: number;
  readonly journals: number;
}

/** What a spool holds: only lanes with something in them. */
export interface SpoolStatus {
  readonly name: string;
  readonly root: string;
  readonly lanes: readonly LaneStatus[];
  readonly processes: readonly ProcessStatus[];
  /** Files that cannot be read, or that this version does not know. */
  readonly undelivered: readonly UndeliveredFile[];
}

/** Looks into a spool. @param now milliseconds since the epoch */
export async function statusOf({ name, root }: SpoolRoot, now: number): Promise<SpoolStatus> {
  const [listing, letters] = await Promise.all([listSpool(root, now), readDeadLetters(root)]);
  const { folders } = listing;
  const files = folders.flatMap((folder) => folder.files);
  const lanes = laneNames.flatMap((lane): LaneStatus[] => {
    const deadLetters = letters.filter((letter) => letter.lane === lane).length;
    const ofLane = files.filter((file) => file.lane === lane);
    return ofLane.length + deadLetters === 0 ? [] : [{ lane, ...laneStatus(ofLane, now), deadLetters }];
  });
  return { name, root, lanes, processes: folders.map(processStatus), undelivered: undeliveredFiles(listing, now) };
}

function laneStatus(files: readonly WaitingFile[], now: number): Omit<LaneStatus, 'lane' | 'deadLetters'> {
  const batches = files.filter(({ kind }) => kind === 'batch');
  const journals = files.filter(({ kind }) => kind === 'journal');
  const recordsIn = (each: readonly WaitingFile[]) => each.reduce((sum, { records }) => sum + records, 0);
  const oldest = Math.min(...batches.map(({ modifiedAt }) => modifiedAt));
  return {
    batches: batches.length,
    records: recordsIn(batches),
    bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
    oldestAgeMs: batches.length === 0 ? null : Math.max(0, Math.round(now - oldest)),
    journals: journals.length,
    unsealedRecords: recordsIn(journals),
  };
}

function processStatus({ owner, state, files }: FolderListing): ProcessStatus {
  const batches = files.filter(({ kind }) => kind === 'batch').length;
  return { state, host: owner.host, pid: owner.pid, batches, journals: files.length - batches };
}
