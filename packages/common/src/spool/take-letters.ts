import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDead, namesIn } from '../delivery/adoption.ts';
import { removeFile } from '../delivery/batch-file.ts';
import { DEAD_FOLDER } from '../delivery/dead-letters.ts';
import type { LaneName } from '../delivery/record.ts';
import { createSpoolFolder, type SpoolFolder } from '../delivery/spool-folder.ts';
import { CLAIMED, draftFiles, filesIn, type LetterFile, type LetterLine, parseLetters } from './letters.ts';

/** Of the files that were taken away, once their lines were divided: kept until nobody writes to them any more. */
const DIVIDED = 'divided';
/** A process that had opened a file before it was taken away has written by then. */
const SETTLE_MS = 200;

/** Turns rejected records into batches in a folder that nobody else looks at yet. */
type Seal = (letters: readonly LetterLine[], draft: SpoolFolder) => Promise<void>;
type IsChosen = (line: LetterLine) => boolean;

interface LaneFiles {
  readonly lane: LaneName;
  readonly files: readonly LetterFile[];
}

/**
 * Takes the rejected records of a lane that were chosen out of the spool; returns how many. Other processes may write further ones meanwhile.
 *
 * With `seal` they are sent again: a single rename makes the folder with their batches a part of the spool, and takes the rejected records out of
 * it. Killed before that, they are rejected records as before (see {@link restoreLetters}); killed after, batches of a process that has ended.
 */
export async function takeLetters(root: string, lane: LaneName, isChosen: IsChosen, seal?: Seal): Promise<number> {
  const files = (await filesIn(join(root, DEAD_FOLDER))).filter((file) => file.lane === lane);
  if (!(await anyIn(files, isChosen))) return 0;
  const draft = createSpoolFolder(join(root, DEAD_FOLDER));
  try {
    const { chosen, sizes } = await divide(root, draft.path, { lane, files }, isChosen);
    if (chosen.length > 0) await seal?.(chosen, draft);
    await putLateBack(root, draft.path, sizes);
    const isHandedOver = seal !== undefined && chosen.length > 0;
    const place = isHandedOver ? join(root, draft.id) : draft.path;
    if (isHandedOver) await rename(draft.path, place);
    await removeFile(join(place, chosenName(lane)));
    if (!isHandedOver) await rm(place, { recursive: true });
    return chosen.length;
  } catch (error) {
    await restoreDraft(root, draft.path);
    throw error;
  } finally {
    draft.close();
  }
}

/** Puts back what processes that have ended took away and did not settle. */
export async function restoreLetters(root: string, now: number): Promise<void> {
  const folder = join(root, DEAD_FOLDER);
  for (const name of await namesIn(folder)) {
    if (await isDead(folder, name, now)) await restoreDraft(root, join(folder, name));
  }
}

/** Until {@link CLAIMED} is renamed the files in it count, from then on those into which they were divided. */
async function divide(root: string, draft: string, { lane, files }: LaneFiles, isChosen: IsChosen) {
  const claimed = join(draft, CLAIMED);
  await mkdir(claimed);
  // One that is gone was taken away by somebody else.
  for (const { path } of files) await rename(path, join(claimed, basename(path))).catch(ignoreMissing);
  await wait(SETTLE_MS);
  const sizes = new Map<string, number>();
  const chosen: LetterLine[] = [];
  const kept: LetterLine[] = [];
  for (const { path } of await filesIn(claimed)) {
    const bytes = await readFile(path);
    sizes.set(basename(path), bytes.length);
    for (const line of parseLetters(lane, bytes.toString())) (isChosen(line) ? chosen : kept).push(line);
  }
  const keptFile = join(draft, keptName(lane));
  await writeFile(join(draft, chosenName(lane)), textOf(chosen), { mode: 0o600 });
  if (kept.length > 0) await writeFile(keptFile, textOf(kept), { mode: 0o600 });
  await rename(claimed, join(draft, DIVIDED));
  if (kept.length > 0) await putBack(root, { lane, path: keptFile });
  return { chosen, sizes };
}

/** What came into the files after they were read goes back, the rest of them is deleted. */
async function putLateBack(root: string, draft: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  const divided = join(draft, DIVIDED);
  for (const { lane, path } of await filesIn(divided)) {
    const late = (await readFile(path)).subarray(sizes.get(basename(path)));
    if (late.length === 0) continue;
    const file = join(draft, keptName(lane));
    await writeFile(file, late, { mode: 0o600 });
    await putBack(root, { lane, path: file });
  }
  await rm(divided, { recursive: true });
}

async function restoreDraft(root: string, draft: string): Promise<void> {
  for (const file of await draftFiles(draft)) await putBack(root, file).catch(ignoreMissing);
  await rm(draft, { recursive: true, force: true });
}

/** By a name of its own beside the file of the lane, to which other processes append. */
function putBack(root: string, { lane, path }: LetterFile): Promise<void> {
  return rename(path, join(root, DEAD_FOLDER, `${lane}.ndjson.${randomBytes(4).toString('hex')}`));
}

async function anyIn(files: readonly LetterFile[], isChosen: IsChosen): Promise<boolean> {
  for (const { lane, path } of files) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (parseLetters(lane, text).some(isChosen)) return true;
  }
  return false;
}

/** Once it is in the folder of a process, whoever adopts that removes what is left of it. */
function chosenName(lane: LaneName): string {
  return `${lane}.ndjson.tmp`;
}

function keptName(lane: LaneName): string {
  return `${lane}.ndjson.kept`;
}

function textOf(lines: readonly LetterLine[]): string {
  return lines.map(({ line }) => `${line}\n`).join('');
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
