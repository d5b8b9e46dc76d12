import type { Command } from 'commander';
import { action, addCommand } from '../cli/command.ts';
import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import type { ExitCode } from '../cli/exit-code.ts';
import { applyOutcome, type MixpanelPart, planOutcome, type SentryPart } from './outcome.ts';

/** What differs between alerts and dashboards. */
export interface AsCode {
  /** The name of the group. */
  readonly group: string;
  readonly file: string;
  /** As in "applying the rules would change". */
  readonly subject: string;
  /** What Sentry has of it, and Mixpanel has no public API for. */
  readonly objects: string;
  /** How one knows ours, as sentences. */
  readonly mark: string;
  /** A line each. */
  readonly variables: readonly string[];
  /** Reads what Sentry has, and compares. */
  readonly sentryPart: (context: CommandContext) => Promise<SentryPart>;
  readonly mixpanelPart: (context: CommandContext) => Promise<MixpanelPart>;
}

interface Options {
  readonly vendor?: string;
  readonly prune?: boolean;
}

/** Adds `plan` and `apply`. */
export function addPlanAndApply(
  group: Command,
  context: CommandContext,
  exit: (code: ExitCode) => void,
  asCode: AsCode,
): void {
  const { file, subject, objects, mark } = asCode;
  const command = `qr-obs ${asCode.group}`;
  const variables = `Variables:\n${asCode.variables.map((line) => `  ${line}`).join('\n')}`;

  const plan = addCommand(group, 'plan', {
    summary: `Show what applying the ${subject} would change at the vendors`,
    details: `Compares ${file} with what Sentry has, and changes nothing. Exits with 0 when Sentry is as the file says, 1 when it is not. Mixpanel has no public API for ${objects}: the steps to click are shown, which do not count.\n\n${mark}\n\n${variables}`,
    examples: [`${command} plan`, `${command} plan --vendor mixpanel`, `${command} plan --json`],
  });
  addVendorOption(plan);
  action(plan, context, exit, async ({ vendor }: Options) => {
    const { sentry, mixpanel } = await readParts(asCode, context, vendor);
    return planOutcome(context, sentry, mixpanel, `${command} apply`);
  });

  const apply = addCommand(group, 'apply', {
    summary: `Make the vendors follow the ${subject}`,
    details: `Creates and changes what Sentry has until it is as ${file} says; a second time it changes nothing. Exits with 1 when something of the file could not be put in place, as it would touch what is not ours. What is no longer in the file stays unless --prune is given.\n\n${mark}\n\n${variables}`,
    examples: [`${command} apply`, `${command} apply --prune`, `${command} apply --vendor sentry --json`],
  }).option('--prune', 'delete what is ours and no longer in the file');
  addVendorOption(apply);
  action(apply, context, exit, async ({ vendor, prune = false }: Options) => {
    const { sentry, mixpanel } = await readParts(asCode, context, vendor);
    return applyOutcome(context, sentry, mixpanel, { prune });
  });
}

/** For those who have an account at one of them only. */
function addVendorOption(command: Command): void {
  command.option('--vendor <name>', 'sentry or mixpanel only; default both');
}

async function readParts(
  { sentryPart, mixpanelPart }: AsCode,
  context: CommandContext,
  vendor: string | undefined,
): Promise<{ readonly sentry: SentryPart | undefined; readonly mixpanel: MixpanelPart | undefined }> {
  if (vendor !== undefined && vendor !== 'sentry' && vendor !== 'mixpanel')
    throw new CommandError(`--vendor must be sentry or mixpanel, got "${vendor}".`);
  return {
    sentry: vendor === 'mixpanel' ? undefined : await sentryPart(context),
    mixpanel: vendor === 'sentry' ? undefined : await mixpanelPart(context),
  };
}
