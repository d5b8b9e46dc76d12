import { openSync, readSync } from 'node:fs';

/**
 * CPU time of the main thread in nanoseconds: helper threads that compress, collect garbage or compile do not count.
 * The kernel brings a thread's account up to date when it is switched out, so the reader sleeps for a moment first.
 */
export function createMainThreadClock() {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const buffer = Buffer.alloc(64);
  let file;
  try {
    file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return { source: 'process.cpuUsage', read: readProcess };
  }
  return {
    source: 'schedstat',
    read() {
      Atomics.wait(cell, 0, 0, 1);
      readSync(file, buffer, 0, buffer.length, 0);
      return Number(buffer.latin1Slice(0, buffer.indexOf(' ')));
    },
  };
}

/** All threads of the process; the only account where there is no Linux. */
function readProcess() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
