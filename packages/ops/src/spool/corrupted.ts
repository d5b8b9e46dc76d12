import { relative } from 'node:path';
import { listSpool, type SpoolRoot } from '@qr/telemetry/operations';
import { scrubText } from '@qr/telemetry/privacy';
import { ageOf, printable, sizeOf, tableOf } from '../cli/terminal.ts';

/** A file of a spool that is not delivered. */
export interface UndeliveredFile {
  /** `corrupted`: set aside because it cannot be read. `unknown`: left where it is, because this version does not know it. */
  readonly kind: 'corrupted' | 'unknown';
  readonly path: string;
  readonly reason: string;
  /** `null` for an unknown file, which is not looked into. */
  readonly bytes: number | null;
  readonly ageMs: number | null;
}

/** The undelivered files of a spool. */
export interface SpoolCorrupted {
  readonly spool: string;
  readonly root: string;
  readonly files: readonly UndeliveredFile[];
}

/** Lists the files of a spool that are not delivered: the oldest corrupted one first, then the unknown ones. @param now milliseconds since the epoch */
export async function corruptedOf({ name, root }: SpoolRoot, now: number): Promise<SpoolCorrupted> {
  return { spool: name, root, files: undeliveredFiles(await listSpool(root, now), now) };
}

/** The same from a listing that is there already. */
export function undeliveredFiles(
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
      ...tableOf([HEADER, ...files.map((file) => cellsOf(root, file))], ['left', 'left', 'right', 'right']).map(
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

const HEADER = ['FILE', 'KIND', 'SIZE', 'AGE', 'REASON'];

function cellsOf(root: string, { kind, path, reason, bytes, ageMs }: UndeliveredFile): string[] {
  const size = bytes === null ? '-' : sizeOf(bytes);
  const age = ageMs === null ? '-' : ageOf(ageMs);
  return [printable(relative(root, path)), kind, size, age, printable(reason)];
}
