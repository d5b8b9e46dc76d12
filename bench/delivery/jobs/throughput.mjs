import { scanProperties, visitorOf } from '../event.mjs';
import { settle } from './settle.mjs';
import { makeCalls, nextTurn } from './ticks.mjs';

const TICK = 20;
/** By then a sender's code is compiled, as it is in a service that has run for a minute. */
const WARMUP = 40_000;

/** CPU of the whole process, helper threads included, from the first call to the last acknowledgement. */
export async function throughput(sender, { parent, events: asked }) {
  const { window, delivers = true } = sender.limits;
  const events = Math.min(asked, sender.limits.events);
  const warmup = Math.min(sender.limits.events, WARMUP);
  const { callArgument = (visitor, properties) => ({ visitor, properties }) } = sender;
  let tracked = 0;

  /** Makes each event just before its call, as an application does; the cost of that is measured with no sender. */
  async function run(count) {
    for (const end = tracked + count; tracked < end; ) {
      const windowEnd = Math.min(tracked + window, end);
      while (tracked < windowEnd) {
        for (const tickEnd = Math.min(tracked + TICK, windowEnd); tracked < tickEnd; tracked++) {
          sender.track(callArgument(visitorOf(tracked), scanProperties(tracked)));
        }
        await nextTurn();
      }
      await sender.flush();
    }
  }

  sender.prepare?.(makeCalls(sender, 0, warmup));
  await run(warmup);
  if (delivers) await settle(sender, parent, warmup);
  sender.prepare?.(makeCalls(sender, warmup, events));
  const started = performance.now();
  const before = process.cpuUsage();
  await run(events);
  const arrived = delivers ? await settle(sender, parent, tracked) : 0;
  const { user, system } = process.cpuUsage(before);
  return {
    events,
    cpuUs: user + system,
    wallMs: performance.now() - started,
    tracked: delivers ? tracked : 0,
    arrived,
  };
}
