import { join } from 'node:path';
import { compileProcess } from '../../../delivery/test/compile.ts';

export { discard, type Mutation, mutate } from '../../../delivery/test/compile.ts';

/** Compiles a process, by default the tracked one. @returns the file. */
export function compileTrackedProcess(entry = join(import.meta.dirname, 'tracked-process.ts')): Promise<string> {
  return compileProcess(entry);
}
