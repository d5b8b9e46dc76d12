import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Backlog } from './backlog.ts';
import { batchId, parseSpoolName } from './batch-file.ts';
import { compress, readRecords, readText } from './compress.ts';
import { withoutPeople } from './envelope.ts';
import { type IsForgotten, mentions } from './forgotten.ts';
import type { LaneName } from './record.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/**
 * Rewrites the batches of a lane that speak of any of these people; returns how many records went. Nothing may be under way meanwhile.
 */
export async function forgetInBacklog(backlog: Backlog, lane: LaneName, isForgotten: IsForgotten): Promise<number> {
  const waiting: StoredBatch[] = [];
  for (let batch = backlog.take(lane); batch; batch = backlog.take(lane)) waiting.push(batch);
  let removed = 0;
  for (const batch of waiting) {
    const rest = await withoutMentions(batch, isForgotten);
    removed += batch.records - (rest?.records ?? 0);
    if (rest) backlog.add(rest);
  }
  return removed;
}

/** A batch without the records that speak of any of these people; `undefined` when none is left. */
export async function withoutMentions(batch: StoredBatch, isForgotten: IsForgotten): Promise<StoredBatch | undefined> {
  // What asks for a deletion names the person, and must.
  if (batch.lane === 'deletions') return batch;
  const sealed = await batch.load().catch(() => undefined);
  if (!sealed) return undefined;
  if (batch.lane === 'sentry') return anonymous(batch, sealed.body, isForgotten);
  const records = await readRecords(sealed.body).catch(() => []);
  const kept = records.filter((record) => isDeletion(record) || !mentions(record, isForgotten));
  if (kept.length === records.length) return batch;
  if (kept.length === 0) {
    await batch.remove();
    return undefined;
  }
  return rewritten(batch, { records: kept.length, body: await compress(JSON.stringify(kept)) });
}

/** An error is worth keeping without the person to whom it happened. */
async function anonymous(batch: StoredBatch, body: Buffer, isForgotten: IsForgotten): Promise<StoredBatch | undefined> {
  try {
    const envelope = await readText(body);
    const rest = withoutPeople(envelope, isForgotten);
    return rest === envelope ? batch : await rewritten(batch, { records: 1, body: await compress(rest) });
  } catch {
    // It cannot be shown to be free of them.
    await batch.remove();
    return undefined;
  }
}

/** Under an id of its own: a copy that a queue still holds under the old one is another batch. */
async function rewritten(batch: StoredBatch, content: { records: number; body: Buffer }): Promise<StoredBatch> {
  const { id, lane, sealedAt, file } = batch;
  if (!file) return inMemory(lane, { id: `${id}-f`, ...content }, sealedAt);
  const folder = dirname(file.path);
  const key = `${parseSpoolName(basename(file.path))?.key ?? ''}-f`;
  const path = join(folder, `${lane}-${key}-${content.records}.json.gz`);
  await writeFile(`${path}.tmp`, content.body, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
  await batch.remove();
  const folderId = basename(folder).replace(/^adopted-/, '');
  const newFile = {
    id: batchId(folderId, lane, key),
    lane,
    records: content.records,
    bytes: content.body.length,
    path,
  };
  return onDisk(newFile, sealedAt);
}

function isDeletion(record: unknown): boolean {
  return typeof record === 'object' && record !== null && '$delete' in record;
}
