import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeOn } from './inbox-process.mjs';

/** Runs the producer on core 1 and resolves to what it counted. */
export async function produce(url, mode, ...numbers) {
  const [command, args] = nodeOn(1, join(import.meta.dirname, 'producer.mjs'), url, mode, ...numbers.map(String));
  const { stdout } = await promisify(execFile)(command, args);
  return JSON.parse(stdout);
}

/** What the inbox says it has taken, stored or made room for since. */
export async function countTaken(url) {
  const { kinds } = await (await fetch(`${url}/api/stats`)).json();
  return {
    taken: kinds.event.stored + kinds.event.evicted,
    stored: kinds.event.stored,
    rejected: kinds.rejected.stored,
  };
}
