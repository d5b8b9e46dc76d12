import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startInbox } from '@qr/inbox';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/index.ts';

/** What an outage cost. */
export interface OutageResult {
  readonly tracked: number;
  readonly lost: number;
  /** Copies beyond the first that were stored. */
  readonly repeated: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Tracks before, during and after a time in which the receiver answers everything with 503. Takes a good second longer than that. */
export async function measureOutage(outageMs: number): Promise<OutageResult> {
  const spoolRoot = mkdtempSync(join(tmpdir(), 'outage-'));
  const inbox = await startInbox({ environment: 'test' });
  const before = { ...process.env };
  Object.assign(process.env, {
    MIXPANEL_TOKEN: 'test-token',
    MIXPANEL_API_HOST: inbox.url,
    OBSERVABILITY_SPOOL_DIR: spoolRoot,
    OBSERVABILITY_FLUSH_INTERVAL_MS: '100',
  });
  initializeMixpanel();
  let tracked = 0;
  const trackFor = async (durationMs: number) => {
    for (const end = performance.now() + durationMs; performance.now() < end; await wait(10)) {
      for (let count = 0; count < 10; count++) trackEvent('qr_scanned', 'u1', { qr_id: String(tracked++) });
    }
  };
  try {
    await trackFor(300);
    const { id } = inbox.faults.add({ fault: { kind: 'status', status: 503 } });
    await trackFor(outageMs);
    inbox.faults.remove(id);
    await trackFor(300);
    let left = await flushObservability(5000);
    for (let attempt = 0; attempt < 5 && left.pending + left.spooled > 0; attempt++)
      left = await flushObservability(5000);
    const stored = inbox.events({ duplicates: true }).map(({ properties }) => properties['qr_id']);
    const arrived = new Set(stored);
    const { import: lane } = observabilityStats().lanes;
    return {
      tracked,
      lost: tracked - arrived.size,
      repeated: stored.length - arrived.size,
      dropped: lane?.dropped ?? {},
    };
  } finally {
    await closeObservability();
    await inbox.close();
    process.env = before;
    rmSync(spoolRoot, { recursive: true, force: true });
  }
}
