import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDead, namesIn } from '../adoption.ts';
import { isMissing, removeFile, withRegular } from '../batch-file.ts';
import { DEAD_FOLDER } from '../dead-letters.ts';
import { createSpoolFolder, HEARTBEAT_FILE, type SpoolFolder } from '../spool-folder.ts';
import { CLAIMED, draftFiles, filesIn, type LetterFile, readLines } from './letters.ts';

/** Of the files that were taken away, once their lines were divided: kept until nobody writes to them any more. */
const DIVIDED = 'divided';
/** A process that had opened a file before it was taken away has written by then. */
const SETTLE_MS = 200;

/** Turns rejected records into batches in a folder that nobody else looks at yet. */
type Seal = (lines: readonly string[], draft: SpoolFolder) => Promise<void>;
type IsChosen = (line: string) => boolean;

interface LaneFiles {
  readonly lane: string;
  readonly files: readonly LetterFile[];
}

/**
 * Takes the rejected records of a lane that were chosen out of the spool; returns how many. Other processes may write further ones meanwhile.
 *
 * With `seal` they are sent again: a single rename makes the folder with their batches a part of the spool, and takes the rejected records out of
 * it. Killed before that, they are rejected records as before (see {@link restoreLetters}); killed after, batches of a process that has ended.
 */
export async function takeLetters(root: string, lane: string, isChosen: IsChosen, seal?: Seal): Promise<number> {
  const files = (await filesIn(join(root, DEAD_FOLDER))).filter((file) => file.lane === lane);
  if (!(await anyIn(files, isChosen))) return 0;
  const draft = createSpoolFolder(join(root, DEAD_FOLDER));
  try {
    // Whoever seals them reads them all; otherwise they are only counted.
    const chosen: string[] = [];
    const { count, sizes } = await divide(root, draft.path, { lane, files }, isChosen, seal && chosen);
    if (count > 0) await seal?.(chosen, draft);
    await putLateBack(root, draft.path, sizes);
    const isHandedOver = seal !== undefined && count > 0;
    const place = isHandedOver ? join(root, draft.id) : draft.path;
    if (isHandedOver) {
      await rename(draft.path, place);
      // Without a heartbeat it is nobody's: any process of the spool adopts it.
      await removeFile(join(place, HEARTBEAT_FILE));
    }
    await removeFile(join(place, chosenName(lane)));
    if (!isHandedOver) await rm(place, { recursive: true });
    return count;
  } catch (error) {
    await restoreDraft(root, draft.path);
    throw error;
  } finally {
    draft.release();
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
async function divide(
  root: string,
  draft: string,
  { lane, files }: LaneFiles,
  isChosen: IsChosen,
  chosen: string[] | undefined,
): Promise<{ readonly count: number; readonly sizes: ReadonlyMap<string, number> }> {
  const claimed = join(draft, CLAIMED);
  await mkdir(claimed);
  // One that is gone was taken away by another process.
  for (const { path } of files) await rename(path, join(claimed, basename(path))).catch(ignoreMissing);
  await wait(SETTLE_MS);
  const sizes = new Map<string, number>();
  const chosenFile = await open(join(draft, chosenName(lane)), 'w', 0o600);
  const keptPath = join(draft, keptName(lane));
  const keptFile = await open(keptPath, 'w', 0o600);
  let count = 0;
  let kept = 0;
  try {
    for (const { path } of await filesIn(claimed)) {
      const size = await readLines(path, async (lines) => {
        const some = lines.filter(isChosen);
        const others = some.length === 0 ? lines : lines.filter((line) => !isChosen(line));
        count += some.length;
        kept += others.length;
        chosen?.push(...some);
        await append(chosenFile, some);
        await append(keptFile, others);
      });
      sizes.set(basename(path), size);
    }
  } finally {
    await chosenFile.close();
    await keptFile.close();
  }
  await rename(claimed, join(draft, DIVIDED));
  if (kept > 0) await putBack(root, { lane, path: keptPath });
  else await removeFile(keptPath);
  return { count, sizes };
}

async function append(file: FileHandle, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await file.appendFile(lines.map((line) => `${line}\n`).join(''));
}

/** What came into the files after they were read goes back, the rest of them is deleted. */
async function putLateBack(root: string, draft: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  const divided = join(draft, DIVIDED);
  for (const { lane, path } of await filesIn(divided)) {
    const late = await readFrom(path, sizes.get(basename(path)) ?? 0);
    if (late.length === 0) continue;
    const file = join(draft, keptName(lane));
    const handle = await open(file, 'w', 0o600);
    await handle.writeFile(late).finally(() => handle.close());
    await putBack(root, { lane, path: file });
  }
  await rm(divided, { recursive: true });
}

function readFrom(path: string, position: number): Promise<Buffer> {
  return withRegular(path, async (file, size) => {
    const late = Buffer.alloc(Math.max(0, size - position));
    if (late.length > 0) await file.read(late, 0, late.length, position);
    return late;
  });
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
  let isAny = false;
  for (const { path } of files) {
    await readLines(path, async (lines) => {
      isAny ||= lines.some(isChosen);
    }).catch(() => {});
    if (isAny) return true;
  }
  return false;
}

/** Once it is in the folder of a process, whoever adopts that removes what is left of it. */
function chosenName(lane: string): string {
  return `${lane}.ndjson.tmp`;
}

function keptName(lane: string): string {
  return `${lane}.ndjson.kept`;
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
