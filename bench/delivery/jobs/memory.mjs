import { scanProperties, visitorOf } from '../event.mjs';
import { settle } from './settle.mjs';
import { nextTurn } from './ticks.mjs';

const TICK = 20;
const MIB = 1024 * 1024;
/** A sender beyond this is stopped and reported where it stood: the machine has other users. */
const RSS_LIMIT_MIB = 2048;
const REPORT_EVERY = 1000;

/** How much the process grows while it tracks and the receiver refuses connections. */
export async function memory(sender, { parent, events, warmup, trackLimitMs, recoverMs }) {
  const { callArgument = (visitor, properties) => ({ visitor, properties }), limits } = sender;
  let tracked = 0;
  async function tick() {
    for (const end = tracked + TICK; tracked < end; tracked++) {
      sender.track(callArgument(visitorOf(tracked), scanProperties(tracked)));
    }
    await nextTurn();
  }
  const rssMiB = () => process.memoryUsage.rss() / MIB;

  // With the receiver up, so that code and young generation have their working size before the baseline.
  while (tracked < warmup) {
    for (const end = Math.min(warmup, tracked + Math.min(limits.window, 2000)); tracked < end; ) await tick();
    await sender.flush();
  }
  await settle(sender, parent, warmup);
  await parent.request('receiver down');
  globalThis.gc();
  const baselineMiB = rssMiB();
  let peakMiB = baselineMiB;
  parent.report({ tracked, baselineMiB, peakMiB });
  const endsAt = performance.now() + trackLimitMs;
  while (tracked < warmup + events && performance.now() < endsAt && peakMiB < RSS_LIMIT_MIB) {
    await tick();
    if (tracked % REPORT_EVERY !== 0) continue;
    peakMiB = Math.max(peakMiB, rssMiB());
    parent.report({ tracked, baselineMiB, peakMiB });
  }
  globalThis.gc();
  const endMiB = rssMiB();
  await parent.request('receiver up');
  const arrived = await settle(sender, parent, tracked, recoverMs);
  return { tracked, warmup, baselineMiB, peakMiB, endMiB, arrived, stats: sender.stats?.() };
}
