import type { CodeDirectory, Lookup } from './code-directory.ts';

/** A code may lead to a second one, as some did before qr-service refused that. The second must lead elsewhere. */
const MAX_CODES = 2;

/** Returns whether a scan would pass more than two codes, as in a loop: each of them would count a scan. What cannot be looked up is no loop. */
export async function leadsInLoop(directory: CodeDirectory, first: Lookup): Promise<boolean> {
  let found = first;
  for (let codes = 1; codes <= MAX_CODES; codes++) {
    const nextId = nextCodeIdOf(found);
    if (nextId === undefined) return false;
    found = directory.recall(nextId) ?? (await directory.find(nextId));
    if (found.outcome !== 'active') return false;
  }
  return true;
}

/** Returns the code to which a code may lead. */
export function nextCodeIdOf(found: Lookup): string | undefined {
  return 'code' in found ? found.code.nextCodeId : undefined;
}
