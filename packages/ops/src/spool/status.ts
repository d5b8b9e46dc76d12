import { join, relative } from 'node:path';
import {
  type FolderListing,
  laneNames,
  listSpool,
  readDeadLetters,
  type SpoolRoot,
  type WaitingFile,
} from '@qr/telemetry/operations';
import { scrubText } from '@qr/telemetry/privacy';
import { ageOf, countOf, printable, sizeOf, tableOf } from '../cli/terminal.ts';

/** What one lane of a spool holds. */
interface LaneStatus {
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
interface ProcessStatus {
  readonly state: FolderListing['state'];
  readonly host: string;
  readonly pid: number;
  readonly batches: number;
  readonly journals: number;
}

/** What a spool holds: only lanes with something in them. */
interface SpoolStatus {
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

const HEADER = ['SPOOL', 'LANE', 'BATCHES', 'RECORDS', 'SIZE', 'OLDEST', 'UNSEALED', 'DEAD'];

/** What waits and what was rejected, and whose it is. */
export function statusLines(statuses: readonly SpoolStatus[]): string[] {
  const rows = statuses.flatMap(({ name, lanes }) => lanes.map((lane) => [name, ...cellsOf(lane)]));
  const undelivered = statuses.flatMap(undeliveredLines);
  const hint = ['', ...undelivered, 'qr-obs spool corrupted lists them with their paths.'];
  if (rows.length === 0) {
    const nothing = `Nothing waits and nothing was rejected in ${countOf(statuses.length, 'spool')}.`;
    return [nothing, ...(undelivered.length > 0 ? hint : [])];
  }
  const idle = statuses.flatMap(({ processes }) => processes).filter(isIdle).length;
  const dead = statuses.flatMap(({ lanes }) => lanes).some(({ deadLetters }) => deadLetters > 0);
  return [
    ...tableOf([HEADER, ...rows], ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right']),
    '',
    ...tableOf(statuses.flatMap(processRows)),
    ...(idle > 0 ? [`${countOf(idle, 'folder')} of processes with nothing in ${idle === 1 ? 'it' : 'them'}`] : []),
    ...(dead ? ['', 'qr-obs spool dead says why records were rejected, qr-obs spool replay sends them again.'] : []),
    ...(undelivered.length > 0 ? hint : []),
  ];
}

/** One line for each kind of file and each reason. */
function undeliveredLines({ name, root, undelivered }: SpoolStatus): string[] {
  return KINDS.flatMap((kind) => {
    const files = undelivered.filter((file) => file.kind === kind);
    if (files.length === 0) return [];
    const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    const where = kind === 'corrupted' ? ` (${sizeOf(bytes)}) in ${printable(join(root, 'corrupted'))}` : '';
    return [
      `${name}: ${countOf(files.length, `${kind} file`)}${where}`,
      ...countByReason(files).map(([reason, count]) => `  ${count} x ${printable(reason)}`),
    ];
  });
}

const KINDS = ['corrupted', 'unknown'] as const;

/** The most frequent first. */
function countByReason(files: readonly UndeliveredFile[]): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of files) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one);
}

function cellsOf({ lane, batches, records, bytes, oldestAgeMs, unsealedRecords, deadLetters }: LaneStatus): string[] {
  const oldest = oldestAgeMs === null ? '-' : ageOf(oldestAgeMs);
  return [lane, batches, records, sizeOf(bytes), oldest, unsealedRecords, deadLetters].map(String);
}

function processRows({ name, processes }: SpoolStatus): string[][] {
  const holding = processes.filter((process) => !isIdle(process));
  return holding.map(({ state, host, pid, batches, journals }) => [
    name,
    `${host} ${pid}`,
    `${countOf(batches, 'batch', 'batches')}, ${countOf(journals, 'journal')}`,
    EXPLANATIONS[state],
  ]);
}

function isIdle({ batches, journals }: ProcessStatus): boolean {
  return batches + journals === 0;
}

const EXPLANATIONS: Readonly<Record<ProcessStatus['state'], string>> = {
  running: 'runs, and sends them',
  ended: 'has ended: one that runs takes them over within 30 s, else the next',
  elsewhere: 'runs elsewhere, as its heartbeat says',
};

/** A file of a spool that is not delivered. */
interface UndeliveredFile {
  /** `corrupted`: set aside because it cannot be read. `unknown`: left where it is, because this version does not know it. */
  readonly kind: 'corrupted' | 'unknown';
  readonly path: string;
  readonly reason: string;
  /** `null` for an unknown file, which is not looked into. */
  readonly bytes: number | null;
  readonly ageMs: number | null;
}

/** The undelivered files of a spool. */
interface SpoolCorrupted {
  readonly spool: string;
  readonly root: string;
  readonly files: readonly UndeliveredFile[];
}

/** Lists the files of a spool that are not delivered: the oldest corrupted one first, then the unknown ones. @param now milliseconds since the epoch */
export async function corruptedOf({ name, root }: SpoolRoot, now: number): Promise<SpoolCorrupted> {
  return { spool: name, root, files: undeliveredFiles(await listSpool(root, now), now) };
}

/** The same from a listing that is there already. */
function undeliveredFiles(
  { corrupted, folders }: Pick<Awaited<ReturnType<typeof listSpool>>, 'corrupted' | 'folders'>,
  now: number,
): UndeliveredFile[] {
  return [
    ...corrupted.map(({ path, reason, bytes, modifiedAt }): UndeliveredFile => {
      const ageMs = Math.max(0, Math.round(now - modifiedAt));
      // A receiver's words may be in the reason, and may repeat what it was sent.
      return { kind: 'corrupted', path, reason: scrubText(reason), bytes, ageMs };
    }),
    ...folders.flatMap(({ unknown }) =>
      unknown.map(({ path, reason }): UndeliveredFile => ({ kind: 'unknown', path, reason, bytes: null, ageMs: null })),
    ),
  ];
}

/** The files for people. */
export function corruptedLines(spools: readonly SpoolCorrupted[]): string[] {
  const found = spools.filter(({ files }) => files.length > 0);
  if (found.length === 0) return ['There are no corrupted or unknown files.'];
  const kinds = new Set(found.flatMap(({ files }) => files.map(({ kind }) => kind)));
  return [
    ...found.flatMap(({ spool, root, files }, index) => [
      ...(index === 0 ? [] : ['']),
      `${spool}, in ${printable(root)}:`,
      ...tableOf([FILE_HEADER, ...files.map((file) => fileCells(root, file))], ['left', 'left', 'right', 'right']).map(
        (line) => `  ${line}`,
      ),
    ]),
    '',
    ...(kinds.has('corrupted')
      ? [
          'Corrupted files were counted as torn and are not sent. Delete them with qr-obs spool purge --corrupted, once nobody needs them.',
        ]
      : []),
    ...(kinds.has('unknown')
      ? ['Unknown files stay where they are. One of another version is sent when a process of that version adopts it.']
      : []),
  ];
}

const FILE_HEADER = ['FILE', 'KIND', 'SIZE', 'AGE', 'REASON'];

function fileCells(root: string, { kind, path, reason, bytes, ageMs }: UndeliveredFile): string[] {
  const size = bytes === null ? '-' : sizeOf(bytes);
  const age = ageMs === null ? '-' : ageOf(ageMs);
  return [printable(relative(root, path)), kind, size, age, printable(reason)];
}
