import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

/**
 * Makes the files of a new database in a process of its own, unless they are there.
 *
 * Making them takes 800 MB, which WebAssembly memory never gives back; opening them takes 300.
 *
 * @throws with the last words of the process when it fails.
 */
export async function initialiseFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const script = join(import.meta.dirname, `initialise${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [...process.execArgv, script, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The embedded database could not make its files in ${folder}: ${complaint.trim()}`);
}
