import type { Command } from 'commander';
import {
  addCommand,
  type CliContext,
  type CommandContext,
  CommandError,
  exitCodes,
  type Outcome,
} from '../cli/command.ts';
import { type AppliedItem, applySteps, type PlanItem, type Step } from './plan.ts';
import {
  type ManualSteps,
  mixpanelPages,
  renderApplied,
  renderCounts,
  renderManualSteps,
  renderPlan,
} from './render.ts';

/** What differs between alerts and dashboards. */
interface AsCode {
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
export function addPlanAndApply(group: Command, context: CliContext, asCode: AsCode): void {
  const { file, subject, objects, mark } = asCode;
  const command = `qr-obs ${asCode.group}`;
  const variables = `Variables:\n${asCode.variables.map((line) => `  ${line}`).join('\n')}`;

  addCommand(context, group, 'plan', {
    summary: `Show what applying the ${subject} would change at the vendors`,
    details: `Compares ${file} with what Sentry has, and changes nothing. Exits with 0 when Sentry is as the file says, 1 when it is not. Mixpanel has no public API for ${objects}: the steps to click are shown, which do not count.\n\n${mark}\n\n${variables}`,
    examples: [`${command} plan`, `${command} plan --vendor mixpanel`, `${command} plan --json`],
    run: async ({ vendor }: Options) =>
      planOutcome(context, await readParts(asCode, context, vendor), `${command} apply`),
  }).option(...VENDOR_OPTION);

  addCommand(context, group, 'apply', {
    summary: `Make the vendors follow the ${subject}`,
    details: `Creates and changes what Sentry has until it is as ${file} says; a second time it changes nothing. Exits with 1 when something of the file could not be put in place, as it would touch what is not ours. What is no longer in the file stays unless --prune is given.\n\n${mark}\n\n${variables}`,
    examples: [`${command} apply`, `${command} apply --prune`, `${command} apply --vendor sentry --json`],
    run: async ({ vendor, prune = false }: Options) =>
      applyOutcome(context, await readParts(asCode, context, vendor), { prune }),
  })
    .option('--prune', 'delete what is ours and no longer in the file')
    .option(...VENDOR_OPTION);
}

/** For those who have an account at one of them only. */
const VENDOR_OPTION = ['--vendor <name>', 'sentry or mixpanel only; default both'] as const;

async function readParts(
  { sentryPart, mixpanelPart }: AsCode,
  context: CommandContext,
  vendor: string | undefined,
): Promise<Parts> {
  if (vendor !== undefined && vendor !== 'sentry' && vendor !== 'mixpanel')
    throw new CommandError(`--vendor must be sentry or mixpanel, got "${vendor}".`);
  return {
    sentry: vendor === 'mixpanel' ? undefined : await sentryPart(context),
    mixpanel: vendor === 'sentry' ? undefined : await mixpanelPart(context),
  };
}

interface Parts {
  readonly sentry: SentryPart | undefined;
  readonly mixpanel: MixpanelPart | undefined;
}

/** Sentry's part of a plan, and where it is. */
export interface SentryPart {
  /** As a person reads it, such as "project qr-backend of acme, all environments". */
  readonly place: string;
  readonly steps: readonly Step[];
  /** Asked for after the work, too. */
  readonly warnings: () => readonly string[];
}

/** Mixpanel's part: what is left to people. */
export interface MixpanelPart {
  readonly introduction: string;
  readonly manual: readonly ManualSteps[];
}

/** The answer to `plan`: 1 when Sentry is not as the file says. What is left to people is not known and so does not count. */
function planOutcome(context: CommandContext, parts: Parts, applyCommand: string): Outcome {
  const { sentry } = parts;
  const items = sentry?.steps.map(({ item }) => item) ?? [];
  const isWork = items.some(({ verdict }) => verdict === 'create' || verdict === 'change');
  const lines = [
    ...renderPlan(items, context.style),
    ...warningLines(sentry, context),
    '',
    renderCounts(items),
    ...(isWork ? [`\`${applyCommand}\` does it.`] : []),
  ];
  return outcomeOf(context, parts, { items, lines, isAsWanted: items.every(({ verdict }) => verdict === 'unchanged') });
}

/** Does what a plan says, and answers `apply`: 1 when something could not be made as the file says. */
async function applyOutcome(
  context: CommandContext,
  parts: Parts,
  options: { readonly prune: boolean },
): Promise<Outcome> {
  const items = await applyAll(context, parts.sentry?.steps ?? [], options);
  const lines = [...renderApplied(items, context.style), ...warningLines(parts.sentry, context)];
  const isAsWanted = items.every(({ deed, verdict }) => deed !== 'left alone' || verdict === 'gone');
  return outcomeOf(context, parts, { items, lines, isAsWanted });
}

/** Says what was done when the rest could not be: the next apply goes on from there. */
async function applyAll(
  { note }: CommandContext,
  steps: readonly Step[],
  options: { readonly prune: boolean },
): Promise<readonly AppliedItem[]> {
  const done: AppliedItem[] = [];
  try {
    return await applySteps(steps, options, (item) => void done.push(item));
  } catch (error) {
    for (const { deed, kind, name } of done) note(`${deed} ${kind} "${name}"`);
    throw error;
  }
}

function outcomeOf(
  context: CommandContext,
  { sentry, mixpanel }: Parts,
  found: { readonly items: readonly PlanItem[]; readonly lines: readonly string[]; readonly isAsWanted: boolean },
): Outcome {
  const { items, lines, isAsWanted } = found;
  const { strong } = context.style;
  const warnings = sentry?.warnings() ?? [];
  return {
    result: { sentry: sentry ? { place: sentry.place, items, warnings } : null, mixpanel: mixpanel?.manual ?? null },
    lines: [
      ...(sentry ? [strong(`Sentry: ${sentry.place}`), '', ...lines] : []),
      ...(mixpanel?.manual.length
        ? [
            ...(sentry ? [''] : []),
            strong('Mixpanel'),
            '',
            mixpanel.introduction,
            ...renderManualSteps(mixpanel.manual, mixpanelPages(context), context.style),
          ]
        : []),
    ],
    exitCode: isAsWanted && warnings.length === 0 ? exitCodes.ok : exitCodes.no,
  };
}

function warningLines(sentry: SentryPart | undefined, { style }: CommandContext): readonly string[] {
  return sentry?.warnings().map(style.warning) ?? [];
}
