import type { PlanExport } from '@qr/plan/documents';
import { CommandError } from '../cli/command.ts';
import { runGit } from '../cli/run-git.ts';

/** A plan as it was. */
export interface PlanAt {
  readonly commit: string;
  readonly plan: PlanExport;
}

/**
 * Reads the plan as it was at a git ref.
 *
 * @param path of the plan as data, from the root
 * @throws CommandError when there is no such ref, or no plan as data at it.
 */
export async function planAt(root: string, path: string, ref: string): Promise<PlanAt> {
  if ((await runGit(root, ['rev-parse', '--git-dir'])) === undefined)
    throw new CommandError(`${root} is no git checkout, or git is not installed: run this where the history is.`);
  const commit = await runGit(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit === undefined)
    throw new CommandError(
      `"${ref}" is no commit, branch or tag of the repository at ${root}. If it is elsewhere, fetch it first: git fetch --tags, and in a shallow clone git fetch --unshallow.`,
    );
  const text = await runGit(root, ['show', `${commit.trim()}:./${path}`]);
  if (text === undefined)
    throw new CommandError(
      `At "${ref}" (${commit.slice(0, 7)}) there is no ${path}: the plan was not yet kept as data. Name a later ref.`,
    );
  return { commit: commit.trim(), plan: parsePlan(text, path, ref) };
}

function parsePlan(text: string, path: string, ref: string): PlanExport {
  try {
    const plan = JSON.parse(text) as Partial<PlanExport> | null;
    if (plan?.events && plan.profile) return plan as PlanExport;
  } catch {
    // Told below, like other content that is no plan.
  }
  throw new CommandError(
    `${path} at "${ref}" is no exported plan: expected an object with events and profile. Name another ref.`,
  );
}
