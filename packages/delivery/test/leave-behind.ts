import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { newOwnerName } from '../src/spool/owners.ts';

/** The name of a folder whose process has ended: no pid is so high. */
export function endedFolder(n = 1): string {
  const [host, , , , scope] = newOwnerName().split('-');
  return [host, 99_999_999, 0, 1, scope, n.toString(16).padStart(12, '0')].join('-');
}

/** The name of a folder whose process is on another machine. */
export const FOREIGN_FOLDER = 'elsewhere9-7-1-00000000';

/** Writes files as a process leaves them. */
export function leaveBehind(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** The body of a sealed batch. */
export const sealed = (...records: readonly unknown[]): Buffer => gzipSync(JSON.stringify(records));

/** An event as it lies in a batch. */
export const anEvent = (n: number, userId = 'u1'): unknown => ({
  event: 'qr_scanned',
  properties: { distinct_id: userId, $insert_id: `insert-${n}`, time: 1_700_000_000_000 + n, n },
});

/** A line of `dead/<lane>.ndjson`. */
export const deadLetter = (record: unknown, reason = 'refused', at = '2026-11-20T10:00:00.000Z'): string =>
  `${JSON.stringify({ at, reason, field: 'properties.time', record })}\n`;
