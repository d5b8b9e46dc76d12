import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Node's own default of 1 MiB is less than a file can be. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @returns what git printed; nothing when it refused, there is no checkout, or no git. */
export async function runGit(checkout: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', args, { cwd: checkout, maxBuffer: MAX_BYTES })).stdout;
  } catch {
    return undefined;
  }
}
