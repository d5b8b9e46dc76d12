import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

const repository = join(import.meta.dirname, '../../..');

/** One change to the compiled library, to show that the crash run notices. */
export interface Mutation {
  readonly from: string | RegExp;
  readonly to: string;
}

/**
 * Compiles a process with the library's source into one file, whose start takes a third of the time of a start from source. Third-party packages
 * stay as they are installed.
 *
 * @returns the file.
 */
export async function compileProcess(entry: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: [/^@qr\//], resolve: { conditions: ['@qr/source'] } },
    build: {
      ssr: entry,
      outDir: join(folder, 'original'),
      minify: false,
      // One file: a mutant is a changed copy of it.
      rollupOptions: { output: { entryFileNames: 'process.mjs', codeSplitting: false } },
    },
  });
  return join(folder, 'original', 'process.mjs');
}

/** A copy of a compiled process with one change. @throws when there is nothing to change. */
export function mutate(program: string, name: string, { from, to }: Mutation): string {
  const text = readFileSync(program, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text)
    throw new Error(`Expected to find ${from} in the compiled library; the mutant "${name}" needs a new target.`);
  const folder = join(program, '../..', name);
  mkdirSync(folder);
  const copy = join(folder, 'process.mjs');
  writeFileSync(copy, changed);
  return copy;
}

/** Removes a compiled process and its mutants. */
export function discard(program: string): void {
  rmSync(join(program, '../..'), { recursive: true });
}
