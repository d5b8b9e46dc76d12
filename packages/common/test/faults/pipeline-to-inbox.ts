import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Inbox, startInbox } from '@qr/inbox';
import { onTestFinished } from 'vitest';
import { createPipeline, type Pipeline } from '../../../delivery/src/pipeline.ts';
import { lanes } from '../../../telemetry/src/destinations/lanes.ts';
import { createMixpanelHttpTransport } from '../../../telemetry/src/destinations/mixpanel.ts';
import { personIdsOf } from '../../../telemetry/src/destinations/person-ids.ts';
import { startProxy } from './proxy.ts';

/** A pipeline with a spool that sends over HTTP to an inbox, with a proxy between them. */
export async function startPipelineToInbox() {
  const root = mkdtempSync(join(tmpdir(), 'faults-'));
  const inbox: Inbox = await startInbox({ keepRaw: true });
  const proxy = await startProxy(inbox.port);
  const warnings: string[] = [];
  const pipeline: Pipeline = createPipeline({
    lanes,
    personIds: personIdsOf([]),
    transports: {
      import: createMixpanelHttpTransport({ apiHost: proxy.url, token: 'test-token', timeoutMs: 200 }),
      engage: createMixpanelHttpTransport({ apiHost: proxy.url, token: 'test-token', timeoutMs: 200 }),
    },
    spoolRoot: root,
    flushIntervalMs: 60_000,
    warn: (message) => warnings.push(message),
  });
  onTestFinished(async () => {
    await pipeline.close(0);
    await proxy.close();
    await inbox.close();
    rmSync(root, { recursive: true, force: true });
  });

  return {
    inbox,
    proxy,
    pipeline,
    warnings,
    track(from: number, count: number): void {
      for (let n = from; n < from + count; n++) {
        const properties = { n, distinct_id: 'u1', time: Date.now(), $insert_id: `id-${n}` };
        pipeline.push('import', JSON.stringify({ event: 'qr_scanned', properties }));
      }
    },
    /** The numbers of the events that the inbox keeps, without repeats. */
    received: () => inbox.events().map(({ properties }) => properties['n']),
    /** The rejected records with their reason. */
    deadLetters(lane = 'import'): { reason: string; record: { properties: { n: number } } }[] {
      try {
        const text = readFileSync(join(root, 'dead', `${lane}.ndjson`), 'utf8');
        return text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
      } catch {
        return [];
      }
    },
    /** The names of the batches that are on disk. */
    files: () =>
      readdirSync(root, { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('.json.gz')),
    stats: () => pipeline.stats().import,
    /** Sends until nothing is left; each flush is an attempt, without the wait before it. */
    async deliverAll(): Promise<void> {
      for (let attempt = 0; attempt < 20; attempt++) {
        const { pending, spooled } = await pipeline.flush(3000);
        if (pending + spooled === 0) return;
      }
      throw new Error(`Expected everything to be delivered: ${JSON.stringify(pipeline.stats())}`);
    },
  };
}
