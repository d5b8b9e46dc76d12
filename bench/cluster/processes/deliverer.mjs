// Delivers batches that wait, in one of three ways, and says what it cost from the end of the warm-up on.

import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backlog } from '../../../packages/delivery/dist/backlog.js';
import { startShipper } from '../../../packages/delivery/dist/index.js';
import { Sender } from '../../../packages/delivery/dist/sender.js';
import { StoredBatch } from '../../../packages/delivery/dist/spool/batch.js';
import { parseSpoolName } from '../../../packages/delivery/dist/spool/files.js';
import { LaneCounters } from '../../../packages/delivery/dist/stats.js';
import { lanes } from '../../../packages/telemetry/dist/destinations/lanes.js';
import { createMixpanelHttpTransport } from '../../../packages/telemetry/dist/destinations/mixpanel.js';
import { serve } from './serve.mjs';

const importLane = { lane: 'import', definition: lanes.import };
const POLL_MS = 2;
/** For what follows the answer of the last batch. */
const END_MS = 20;
/** No limit: the machine is measured, not the vendor's rate. The budget is asked all the same. */
const MAX_EVENTS_PER_SECOND = 1_000_000_000;

const ways = {
  async shipper({ redisUrl, transport }) {
    const shipper = await startShipper({
      redisUrl,
      transport,
      lanes: { import: lanes.import },
      warn: console.warn,
      maxEventsPerSecond: MAX_EVENTS_PER_SECOND,
    });
    return () => shipper.stats().import.delivered;
  },
  /** As a process without Redis does with the batches in its spool. */
  sender({ folder, transport }) {
    const backlog = new Backlog({ lanes, maxBytes: Number.POSITIVE_INFINITY, onDrop() {} });
    const counters = new LaneCounters();
    const owner = { id: 'bench', path: folder };
    for (const { name, bytes } of filesOf(folder)) {
      backlog.add(new StoredBatch(owner, name, { definition: lanes.import, bytes, isOnDisk: true, isOurs: true }));
    }
    // Nobody is erased, the folder is ours, and the files stay for the next round.
    const surroundings = {
      spool: { checkOwnership() {}, isForeign: () => false },
      store: { withoutErased: async (batch) => batch, remove() {} },
      erasure: { list: { refresh: async () => {} } },
      clock: { read() {} },
      ...{ warn: console.warn, now: Date.now, random: Math.random },
    };
    new Sender({ ...importLane, transport, backlog, counters, ...surroundings }).wake();
    return () => counters.delivered;
  },
  /** The least there is: a file is read and sent, and nothing is noted or removed. */
  transport({ folder, transport }) {
    let delivered = 0;
    void (async () => {
      for (const file of filesOf(folder)) {
        const { id, records, path } = file;
        await transport.send('import', { id, records, body: await readFile(path) });
        delivered += records;
      }
    })();
    return () => delivered;
  },
};

async function deliver({ way, apiHost, warmUp, records, ...where }) {
  const transport = createMixpanelHttpTransport({ apiHost, token: 'benchmark-token' });
  const delivered = await ways[way]({ transport, ...where });
  while (delivered() < warmUp) await sleep(POLL_MS);
  const from = delivered();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  while (delivered() < records) await sleep(POLL_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  await sleep(END_MS);
  const { user, system } = process.cpuUsage(before);
  return { records: delivered() - from, cpuSeconds: (user + system) / 1e6, seconds };
}

function filesOf(folder) {
  return readdirSync(folder).map((text) => {
    const path = join(folder, text);
    const name = parseSpoolName(text, lanes);
    if (!name) throw new Error(`Expected a batch of this version, got ${text}.`);
    return { id: `bench-${name.sequence}`, name, records: name.records, bytes: statSync(path).size, path };
  });
}

serve({ deliver });
