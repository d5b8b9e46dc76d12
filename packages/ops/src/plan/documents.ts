import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { plan, planPaths } from '@qr/events';
import { planDocuments } from '@qr/plan/documents';

/** A document of the plan, and whether the file on disk says what the plan says. */
export interface DocumentState {
  /** From the root of the repository. */
  readonly path: string;
  readonly isStale: boolean;
}

/** Compares the plan's documents with the plan; a file that is not there is stale. */
export async function checkDocuments(root: string): Promise<DocumentState[]> {
  return Promise.all(
    planDocuments(plan, planPaths).map(async ({ path, content }) => {
      const found = await readFile(join(root, path), 'utf8').catch(() => undefined);
      return { path, isStale: found !== content };
    }),
  );
}

/** Writes the documents that are stale, and tells which those were. */
export async function writeDocuments(root: string): Promise<DocumentState[]> {
  const states = await checkDocuments(root);
  for (const { path, content } of planDocuments(plan, planPaths)) {
    if (!states.some((state) => state.path === path && state.isStale)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return states;
}
