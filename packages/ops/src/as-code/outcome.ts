import type { Outcome } from '../cli/command.ts';
import type { CommandContext } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { type AppliedItem, applySteps, type Step } from './apply.ts';
import { type ManualSteps, mixpanelPages, renderManualSteps } from './manual-steps.ts';
import type { PlanItem } from './plan.ts';
import { renderApplied, renderCounts, renderPlan } from './render.ts';

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

/** What `plan` and `apply` answer. */
export interface AsCodeResult<Item extends PlanItem> {
  readonly sentry: {
    readonly place: string;
    readonly items: readonly Item[];
    readonly warnings: readonly string[];
  } | null;
  readonly mixpanel: readonly ManualSteps[] | null;
}

/** The answer to `plan`: 1 when Sentry is not as the file says. What is left to people is not known and so does not count. */
export function planOutcome(
  context: CommandContext,
  sentry: SentryPart | undefined,
  mixpanel: MixpanelPart | undefined,
  applyCommand: string,
): Outcome<AsCodeResult<PlanItem>> {
  const items = sentry?.steps.map(({ item }) => item) ?? [];
  const warnings = sentry?.warnings() ?? [];
  const isWork = items.some(({ verdict }) => verdict === 'create' || verdict === 'change');
  const isAsWanted = items.every(({ verdict }) => verdict === 'unchanged') && warnings.length === 0;
  return {
    result: { sentry: sentry ? { place: sentry.place, items, warnings } : null, mixpanel: mixpanel?.manual ?? null },
    lines: [
      ...sentryLines(sentry, renderPlan(items, context.style), items, warnings, context),
      ...(isWork ? [`\`${applyCommand}\` does it.`] : []),
      ...mixpanelLines(mixpanel, sentry !== undefined, context),
    ],
    exitCode: isAsWanted ? exitCodes.ok : exitCodes.no,
  };
}

/** Does what a plan says, and answers `apply`: 1 when something could not be made as the file says. */
export async function applyOutcome(
  context: CommandContext,
  sentry: SentryPart | undefined,
  mixpanel: MixpanelPart | undefined,
  options: { readonly prune: boolean },
): Promise<Outcome<AsCodeResult<AppliedItem>>> {
  const items = await applyAll(context, sentry?.steps ?? [], options);
  const warnings = sentry?.warnings() ?? [];
  const isDone =
    items.every(({ deed, verdict }) => deed !== 'left alone' || verdict === 'gone') && warnings.length === 0;
  return {
    result: { sentry: sentry ? { place: sentry.place, items, warnings } : null, mixpanel: mixpanel?.manual ?? null },
    lines: [
      ...sentryLines(sentry, renderApplied(items, context.style), undefined, warnings, context),
      ...mixpanelLines(mixpanel, sentry !== undefined, context),
    ],
    exitCode: isDone ? exitCodes.ok : exitCodes.no,
  };
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

function sentryLines(
  sentry: SentryPart | undefined,
  lines: readonly string[],
  counted: readonly PlanItem[] | undefined,
  warnings: readonly string[],
  { style }: CommandContext,
): readonly string[] {
  if (!sentry) return [];
  return [
    style.strong(`Sentry: ${sentry.place}`),
    '',
    ...lines,
    ...warnings.map((warning) => style.warning(warning)),
    ...(counted ? ['', renderCounts(counted)] : []),
  ];
}

function mixpanelLines(
  mixpanel: MixpanelPart | undefined,
  isSecond: boolean,
  context: CommandContext,
): readonly string[] {
  if (!mixpanel || mixpanel.manual.length === 0) return [];
  return [
    ...(isSecond ? [''] : []),
    context.style.strong('Mixpanel'),
    '',
    mixpanel.introduction,
    ...renderManualSteps(mixpanel.manual, mixpanelPages(context), context.style),
  ];
}
