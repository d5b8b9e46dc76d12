import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PlanPaths } from '@qr/alerts/config';
import type { Plan } from '@qr/plan';
import { planDocuments } from '@qr/plan/documents';

/** A document of the plan, and whether the file on disk says what the plan says. */
export interface DocumentState {
  /** From the root of the repository. */
  readonly path: string;
  readonly isStale: boolean;
}

/** A plan and where its documents are, from the root. */
export interface DocumentedPlan {
  readonly plan: Plan;
  readonly paths: PlanPaths;
}

/** Compares the plan's documents with the plan; a file that is not there is stale. */
export async function checkDocuments(root: string, { plan, paths }: DocumentedPlan): Promise<DocumentState[]> {
  return Promise.all(
    planDocuments(plan, paths).map(async ({ path, content }) => {
      const found = await readFile(join(root, path), 'utf8').catch(() => undefined);
      return { path, isStale: found !== content };
    }),
  );
}

/** Writes the documents that are stale, and tells which those were. */
export async function writeDocuments(root: string, documented: DocumentedPlan): Promise<DocumentState[]> {
  const states = await checkDocuments(root, documented);
  for (const { path, content } of planDocuments(documented.plan, documented.paths)) {
    if (!states.some((state) => state.path === path && state.isStale)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return states;
}
