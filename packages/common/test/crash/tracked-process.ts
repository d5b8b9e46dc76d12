import { openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  observabilityStats,
  trackEvent,
} from '../../src/calls.ts';
import { dieAt, lifeOf } from './kill-point.ts';
import type { LastWords } from './life.ts';
import { integerBetween, seededRandom } from './seeded-random.ts';

/** Long enough for a large backlog on a slow machine. */
const DRAIN_LIMIT_MS = 60_000;

const life = lifeOf(process.argv[2]);
const random = seededRandom(life.seed);
const log = openSync(life.logFile, 'a');
if (life.point) dieAt(life.point, life.logFile);
initializeMixpanel();
console.log('ready');
await (life.drains ? drain() : track());
const { import: lane } = observabilityStats().lanes;
const left = await flushObservability(life.drains ? 0 : 5000);
await closeObservability(5000);
const lastWords: LastWords = { pending: left.pending, spooled: left.spooled, dropped: lane?.dropped ?? {} };
console.log(JSON.stringify(lastWords));

async function track(): Promise<void> {
  let number = life.first;
  const end = life.first + (life.endsAfter ?? Number.POSITIVE_INFINITY);
  while (number < end) {
    // Now and then more than one batch holds, all in one turn of the loop.
    const size = random() < 0.01 ? 2500 : integerBetween(random, 1, 20);
    for (let count = 0; count < size && number < end; count++) {
      trackEvent('qr_scanned', `user-${number % 7}`, { qr_id: String(number), country: 'DE', is_bot: false });
      writeSync(log, `${number} ${Date.now()}\n`);
      number++;
    }
    const tracked = number;
    // After the library's own, which commits what this turn has tracked.
    setImmediate(() => writeSync(log, `turn ${tracked}\n`));
    await wait(integerBetween(random, 1, 25));
  }
}

async function drain(): Promise<void> {
  const deadline = Date.now() + DRAIN_LIMIT_MS;
  for (;;) {
    const { pending, spooled } = await flushObservability(5000);
    if (pending + spooled === 0 || Date.now() > deadline) return;
    await wait(20);
  }
}
