import { execFile } from 'node:child_process';
import type { LetterFilter, ReplayedLane } from '../spool-operations.ts';

export type Filter = LetterFilter;

/** What a replay in a process of its own has said; `undefined` when it was killed. */
export function replayInProcess(
  program: string,
  task: { readonly root: string; readonly filter: Filter; readonly dieBefore?: number },
): Promise<{ replayed: ReplayedLane[]; changes: number } | undefined> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, JSON.stringify(task)], (error, stdout, stderr) => {
      if (error && error.signal !== 'SIGKILL') reject(new Error(`The replay failed: ${stderr}`));
      else resolve(error ? undefined : JSON.parse(stdout));
    });
  });
}
