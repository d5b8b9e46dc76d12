import type { CommandContext } from '../cli/context.ts';
import { listDeploys } from './deploys.ts';
import type { ReleaseInput, ReleaseStep } from './release-steps.ts';
import { releaseSteps } from './release-steps.ts';
import type { SentryAccount } from './sentry-account.ts';
import { runSentryCli } from './sentry-cli.ts';

/** Makes a release known to Sentry, step by step. @returns what was done and what was not. @throws CommandError at the step that failed. */
export async function createRelease(
  input: ReleaseInput,
  account: SentryAccount,
  context: CommandContext,
): Promise<ReleaseStep[]> {
  const done: ReleaseStep[] = [];
  for (const planned of releaseSteps(input)) {
    const step = planned.name === 'deploy' ? await unlessThere(planned, input, account, context) : planned;
    if (step.skipped === undefined) {
      context.note(`${step.name} ...`);
      for (const command of step.commands) await runSentryCli(command, account, context);
    }
    done.push(step);
  }
  return done;
}

async function unlessThere(
  step: ReleaseStep,
  { version, environment }: ReleaseInput,
  account: SentryAccount,
  context: CommandContext,
): Promise<ReleaseStep> {
  if (step.skipped !== undefined) return step;
  const there = (await listDeploys(version, account, context)).find((deploy) => deploy.environment === environment);
  if (!there) return step;
  return {
    name: 'deploy',
    commands: [],
    skipped: `${environment} has it already${there.dateFinished ? `, since ${there.dateFinished}` : ''}`,
  };
}
