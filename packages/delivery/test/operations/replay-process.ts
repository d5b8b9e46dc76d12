import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { Filter } from './replay-in-process.ts';

/** Replays in a process that can be told to die before one of its changes to the disk, and tells how many there were. */
const { root, filter, dieBefore } = JSON.parse(process.argv[2] ?? '') as {
  root: string;
  filter: Filter;
  dieBefore?: number;
};
let changes = 0;
for (const name of ['mkdir', 'rename', 'rm', 'unlink', 'writeFile'] as const) {
  const original = promises[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(promises, {
    [name]: (...args: unknown[]) => {
      if (++changes === dieBefore) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    },
  });
}
syncBuiltinESMExports();
const { replayDeadLetters } = await import('../spool-operations.ts');
const replayed = await replayDeadLetters(root, filter, Date.now());
console.log(JSON.stringify({ replayed, changes }));
