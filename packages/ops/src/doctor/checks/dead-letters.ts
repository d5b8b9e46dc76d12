import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Check } from '../check.ts';
import { spoolRootOf } from './spool-folder.ts';

/** Records that a vendor refused for good. Nothing sends them again by itself. */
export const deadLetters: Check = {
  name: 'dead-letters',
  about: 'nothing that a vendor refused waits to be looked at',
  needs: ['variables', 'spool'],
  isOffline: true,
  async run(context) {
    const files = await deadLetterFiles(spoolRootOf(context));
    const counts = new Map<string, number>();
    for (const file of files) {
      const [lane = ''] = basename(file).split('.');
      counts.set(lane, (counts.get(lane) ?? 0) + (await countLines(file)));
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return { status: 'ok', says: 'Nothing was refused.' };
    const lanes = [...counts].map(([lane, count]) => `${count} of ${lane}`).join(', ');
    return {
      status: 'warning',
      says: `${total} ${total === 1 ? 'record was' : 'records were'} refused by the receiver and put aside: ${lanes}.`,
      do: '`qr-obs spool dead` shows each with the reason.',
    };
  },
};

/** `dead/<lane>.ndjson` and the one put aside before it, of the folder itself, of each service in it, and of their errors. */
async function deadLetterFiles(root: string): Promise<readonly string[]> {
  const services = await namesIn(root);
  const roots = [
    root,
    join(root, 'errors'),
    ...services.flatMap((name) => [join(root, name), join(root, name, 'errors')]),
  ];
  const files = await Promise.all(
    [...new Set(roots)].map(async (folder) => {
      const dead = join(folder, 'dead');
      return (await namesIn(dead)).filter((name) => /\.ndjson(\.1)?$/.test(name)).map((name) => join(dead, name));
    }),
  );
  return files.flat().sort();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) if (line !== '') lines++;
  return lines;
}
