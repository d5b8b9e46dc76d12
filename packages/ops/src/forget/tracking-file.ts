import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError } from '../cli/command-error.ts';
import type { ComplianceType } from './mixpanel-deletions.ts';
import { type DeletionState, readState } from './states.ts';

/** Below the root. Numbers only: a list of those who asked to be forgotten would remember them. */
export const TRACKING_FILE = '.data/forget.json';

/** A deletion that Mixpanel was asked for. */
export interface TrackedDeletion {
  readonly trackingId: string;
  readonly people: number;
  readonly complianceType: ComplianceType;
  /** ISO 8601. */
  readonly requestedAt: string;
  /** When Mixpanel was last asked. */
  readonly state: DeletionState;
}

/** @throws CommandError when there is a file that cannot be read: writing over it would lose numbers. */
export async function readTracked(root: string): Promise<TrackedDeletion[]> {
  const file = join(root, TRACKING_FILE);
  try {
    const { deletions } = JSON.parse(await readFile(file, 'utf8')) as { deletions: unknown };
    if (!Array.isArray(deletions) || !deletions.every(isTracked)) throw new Error('expected a list of deletions');
    return deletions.map((each) => ({ ...each, state: readState(each.state) }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`${file} cannot be read: repair it, or move it away and keep its tracking ids.`, { cause });
  }
}

/** Adds deletions, or replaces those of the same number. */
export async function writeTracked(root: string, changed: readonly TrackedDeletion[]): Promise<void> {
  const known = await readTracked(root);
  const ids = new Set(changed.map(({ trackingId }) => trackingId));
  const deletions = [...known.filter(({ trackingId }) => !ids.has(trackingId)), ...changed];
  const file = join(root, TRACKING_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, `${JSON.stringify({ deletions }, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

function isTracked(value: unknown): value is TrackedDeletion {
  return typeof value === 'object' && value !== null && 'trackingId' in value && typeof value.trackingId === 'string';
}
