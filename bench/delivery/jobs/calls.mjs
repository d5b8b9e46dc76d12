import { createMainThreadClock } from './main-thread-cpu.mjs';
import { settle } from './settle.mjs';
import { makeCalls, trackBurst, trackInTicks } from './ticks.mjs';

/** Fewer than any sender's window and than the 2,000 at which a batch is sealed, and a multiple of 20. */
const MAX_CALLS_A_PASS = 1900;

/**
 * CPU of one `track`: of the main thread with the turn of the loop that follows, in ticks of 20 and of 1; and of the call alone, without
 * what a sender puts off to the turn. Batches leave between the measured passes where the sender allows it.
 */
export async function calls(sender, { parent, passes, warmupPasses }) {
  const clock = createMainThreadClock();
  const { window, delivers = true } = sender.limits;
  const perPass = Math.min(MAX_CALLS_A_PASS, window);
  let tracked = 0;
  let arrived = 0;

  /** Nanoseconds a call, by a `measure` that tracks the calls it is given and returns their nanoseconds. */
  async function average(count, measure) {
    let total = 0;
    for (let index = 0; index < count; index++) {
      const made = makeCalls(sender, tracked, perPass);
      tracked += perPass;
      total += await measure(made);
      // Once something is missing every later wait would be in vain.
      const isComplete = arrived === tracked - perPass;
      if (delivers) arrived = await settle(sender, parent, tracked, isComplete ? undefined : 0);
    }
    return total / (count * perPass);
  }

  const mainThread = (tick) => async (made) => {
    const [idle, before] = [clock.read(), clock.read()];
    await trackInTicks(sender, made, tick);
    // The clock's own cost, known from two readings in a row, is not the sender's.
    return clock.read() - before - (before - idle);
  };

  async function callsAlone(made) {
    let microseconds = 0;
    await trackInTicks(sender, made, 20, (...burst) => {
      const before = process.cpuUsage();
      trackBurst(...burst);
      const { user, system } = process.cpuUsage(before);
      microseconds += user + system;
    });
    return microseconds * 1000;
  }

  await average(warmupPasses, mainThread(20));
  // A turn of its own for each call is another path through a sender: it gets warm by itself.
  await average(Math.ceil(warmupPasses / 4), mainThread(1));
  return {
    ticksOf20Ns: await average(passes, mainThread(20)),
    ticksOf1Ns: await average(Math.ceil(passes / 3), mainThread(1)),
    callAloneNs: await average(Math.ceil(passes / 2), callsAlone),
    clock: clock.source,
    tracked: delivers ? tracked : 0,
    arrived,
  };
}
