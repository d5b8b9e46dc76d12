import { openSync, writeSync } from 'node:fs';
import { scanProperties, visitorOf } from '../event.mjs';
import { startLoopProbe } from './loop-probe.mjs';
import { settle } from './settle.mjs';

const TICK = 20;

/**
 * Tracks at a steady rate, as a service under load does, and writes to `logFile` what was tracked and when: after the calls returned, by a
 * synchronous write, so that a parent that kills this process knows what it had accepted.
 */
export async function paced(sender, { parent, ratePerSecond, durationMs, logFile, recoverMs, isProbed }) {
  const { callArgument = (visitor, properties) => ({ visitor, properties }), limits } = sender;
  const log = logFile && openSync(logFile, 'a');
  let tracked = 0;
  const pace = async (untilMs) => {
    const start = performance.now();
    for (let burst = 1; performance.now() - start < untilMs; burst++) {
      for (const end = tracked + TICK; tracked < end; tracked++) {
        sender.track(callArgument(visitorOf(tracked), scanProperties(tracked)));
      }
      if (log) writeSync(log, `${tracked} ${Date.now()}\n`);
      if (burst % 25 === 0) parent.report({ tracked });
      const next = start + (burst * TICK * 1000) / ratePerSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
  };
  // The first second compiles; a service has that behind it.
  if (isProbed) await pace(1000);
  const stopProbe = isProbed ? startLoopProbe() : () => ({});
  await pace(durationMs);
  const stall = stopProbe();
  const arrived = limits.delivers === false ? 0 : await settle(sender, parent, tracked, recoverMs);
  return {
    tracked: limits.delivers === false ? 0 : tracked,
    arrived,
    ...stall,
    stats: sender.stats?.(),
  };
}
