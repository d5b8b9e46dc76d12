import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PLAN_EXPORT_PATH, type PlanExport } from '@qr/events/documents';
import { CommandError } from '../cli/command-error.ts';

const run = promisify(execFile);

/** More than any plan has; node's own default of 1 MiB is not. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A plan as it was. */
export interface PlanAt {
  readonly commit: string;
  readonly plan: PlanExport;
}

/** Reads the plan as it was at a git ref. @throws CommandError when there is no such ref, or no plan as data at it. */
export async function planAt(root: string, ref: string): Promise<PlanAt> {
  const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (commit === undefined)
    throw new CommandError(
      `"${ref}" is no commit, branch or tag of the repository at ${root}. If it is elsewhere, fetch it first: git fetch --tags, and in a shallow clone git fetch --unshallow.`,
    );
  const text = await git(root, ['show', `${commit.trim()}:${PLAN_EXPORT_PATH}`]);
  if (text === undefined)
    throw new CommandError(
      `At "${ref}" (${commit.slice(0, 7)}) there is no ${PLAN_EXPORT_PATH}: the plan was not yet kept as data. Name a later ref.`,
    );
  return { commit: commit.trim(), plan: parsePlan(text, ref) };
}

/** @returns what git printed; nothing when it refused. @throws CommandError when git cannot be run. */
async function git(root: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', args, { cwd: root, maxBuffer: MAX_BYTES })).stdout;
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'number') return undefined;
    throw new CommandError(`git could not be run in ${root}: install it, or run this in a checkout.`, { cause: error });
  }
}

function parsePlan(text: string, ref: string): PlanExport {
  try {
    const plan = JSON.parse(text) as Partial<PlanExport> | null;
    if (plan?.events && plan.profile) return plan as PlanExport;
  } catch {
    // Told below, like other content that is no plan.
  }
  throw new CommandError(
    `${PLAN_EXPORT_PATH} at "${ref}" is no exported plan: expected an object with events and profile. Name another ref.`,
  );
}
