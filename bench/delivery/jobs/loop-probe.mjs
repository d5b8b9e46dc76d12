import { openSync, readSync } from 'node:fs';

const INTERVAL_MS = 1;
const NANOSECONDS_A_MS = 1e6;

/**
 * Watches how late a timer of one millisecond comes. `maxDelayMs` is the longest delay by the clock; `maxStallMs` leaves out what the thread
 * spent waiting for a core, which other processes cause: the kernel keeps that account for each thread.
 */
export function startLoopProbe() {
  const waitedMs = createWaitClock();
  let [maxDelayMs, maxStallMs] = [0, 0];
  let [last, lastWaited] = [performance.now(), waitedMs()];
  let timer = setTimeout(probe, INTERVAL_MS);

  function probe() {
    const [now, waited] = [performance.now(), waitedMs()];
    const delay = now - last - INTERVAL_MS;
    maxDelayMs = Math.max(maxDelayMs, delay);
    maxStallMs = Math.max(maxStallMs, delay - (waited - lastWaited));
    [last, lastWaited] = [now, waited];
    timer = setTimeout(probe, INTERVAL_MS);
  }

  return function stop() {
    clearTimeout(timer);
    return { maxDelayMs, maxStallMs };
  };
}

/** Milliseconds that the main thread has been ready to run without running; always 0 where there is no Linux. */
function createWaitClock() {
  const buffer = Buffer.alloc(64);
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    return () => {
      const length = readSync(file, buffer, 0, buffer.length, 0);
      return Number(buffer.latin1Slice(0, length).split(' ')[1]) / NANOSECONDS_A_MS;
    };
  } catch {
    return () => 0;
  }
}
