import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Backlog } from './backlog.ts';
import { batchId, parseSpoolName } from './batch-file.ts';
import { compress, readRecords } from './compress.ts';
import { mentions } from './forgotten.ts';
import type { LaneName } from './record.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/**
 * Rewrites the batches of a lane that speak of somebody; returns how many records went. Nothing may be under way meanwhile.
 */
export async function forgetInBacklog(backlog: Backlog, lane: LaneName, id: string): Promise<number> {
  const waiting: StoredBatch[] = [];
  for (let batch = backlog.take(lane); batch; batch = backlog.take(lane)) waiting.push(batch);
  let removed = 0;
  for (const batch of waiting) {
    const rest = await withoutMentions(batch, id);
    removed += batch.records - (rest?.records ?? 0);
    if (rest) backlog.add(rest);
  }
  return removed;
}

async function withoutMentions(batch: StoredBatch, id: string): Promise<StoredBatch | undefined> {
  const sealed = await batch.load().catch(() => undefined);
  if (!sealed) return undefined;
  const records = await readRecords(sealed.body).catch(() => []);
  const kept = records.filter((record) => !mentions(record, id));
  if (kept.length === records.length) return batch;
  if (kept.length === 0) {
    await batch.remove();
    return undefined;
  }
  const body = await compress(JSON.stringify(kept));
  const { lane, sealedAt, file } = batch;
  if (!file) return inMemory(lane, { ...sealed, records: kept.length, body }, sealedAt);
  const key = parseSpoolName(basename(file.path))?.key ?? '';
  const folder = dirname(file.path);
  const path = join(folder, `${lane}-${key}-${kept.length}.json.gz`);
  await writeFile(`${path}.tmp`, body, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
  await batch.remove();
  const folderId = basename(folder).replace(/^adopted-/, '');
  return onDisk({ id: batchId(folderId, lane, key), lane, records: kept.length, bytes: body.length, path }, sealedAt);
}
