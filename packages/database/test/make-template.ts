import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { templateFolder } from '../src/testing/template.ts';

/** Before any test, and once per installation: the files of an empty database, which tests copy. */
export function setup(): void {
  const template = templateFolder();
  if (existsSync(template)) return;
  const unfinished = `${template}.${randomUUID()}`;
  const script = join(import.meta.dirname, '../src/embedded/initialise.ts');
  try {
    mkdirSync(unfinished, { recursive: true });
    // A process of its own, as WebAssembly memory is never given back.
    execFileSync(process.execPath, ['--import', 'tsx', script, unfinished], { stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(unfinished, template);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another run may have been faster.
    if (!existsSync(template)) throw error;
  }
}
