import type { CommandContext } from '../cli/command.ts';
import { isLocal } from '../cli/environment.ts';
import type { Style } from '../cli/terminal.ts';
import type { AppliedItem, FieldChange, PlanItem, Verdict } from './plan.ts';

const LABELS: Readonly<Record<Verdict, string>> = {
  create: 'create',
  change: 'change',
  unchanged: 'unchanged',
  not_ours: 'not ours',
  ambiguous: 'ambiguous',
  blocked: 'blocked',
  gone: 'no longer in the file',
};

/** Field by field, what a plan would do. */
export function renderPlan(items: readonly PlanItem[], style: Style): readonly string[] {
  return items.flatMap((item) => [
    `${paintVerdict(item.verdict, style)}  ${titleOf(item)}`,
    ...item.changes.map((change) => `    ${renderChange(change, item.verdict === 'create', style)}`),
    ...(item.advice === undefined ? [] : [`    ${item.advice}`]),
  ]);
}

/** One line: how many of each. */
export function renderCounts(items: readonly PlanItem[]): string {
  const counts = (Object.keys(LABELS) as Verdict[])
    .map((verdict) => ({ verdict, count: items.filter((item) => item.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ verdict, count }) => `${count} ${verdict === 'create' || verdict === 'change' ? 'to ' : ''}${LABELS[verdict]}`,
    );
  return counts.length > 0 ? `${counts.join(', ')}.` : 'The file has nothing for Sentry.';
}

/** One line for each object: what was done about it. */
export function renderApplied(items: readonly AppliedItem[], style: Style): readonly string[] {
  return items.flatMap((item) => [
    `${paintVerdict(item.verdict, style, item.deed)}  ${titleOf(item)}`,
    ...(item.advice === undefined ? [] : [`    ${item.advice}`]),
    ...(item.verdict === 'gone' && item.deed === 'left alone'
      ? ['    No longer in the file; --prune deletes it.']
      : []),
  ]);
}

function titleOf({ kind, name, id }: PlanItem): string {
  return `${kind} "${name}"${id === null ? '' : ` (id ${id})`}`;
}

function renderChange({ field, from = 'nothing', to = 'nothing' }: FieldChange, isNew: boolean, style: Style): string {
  return isNew ? `${style.faint(`${field}:`)} ${to}` : `${style.faint(`${field}:`)} ${from} -> ${style.strong(to)}`;
}

function paintVerdict(verdict: Verdict, style: Style, text: string = LABELS[verdict]): string {
  if (verdict === 'create') return style.good(text);
  if (verdict === 'change' || verdict === 'gone') return style.warning(text);
  return verdict === 'unchanged' ? style.faint(text) : style.bad(text);
}

/** What a person has to do by hand, where a vendor has no public API for it. */
export interface ManualSteps {
  readonly title: string;
  readonly steps: readonly string[];
}

/** Addresses of Mixpanel's pages. */
export interface MixpanelPages {
  readonly isProjectKnown: boolean;
  readonly page: (name: 'boards' | 'insights' | 'funnels') => string;
}

/** The pages of the project at Mixpanel. The inbox that stands in for it on a laptop has other ones. */
export function mixpanelPages({ env }: Pick<CommandContext, 'env'>): MixpanelPages {
  const host = isLocal(env) ? undefined : env['MIXPANEL_APP_HOST'];
  const origin = (host ?? 'https://mixpanel.com').replace(/\/+$/, '');
  const project = env['MIXPANEL_PROJECT_ID'];
  return {
    isProjectKnown: project !== undefined,
    page: (name) => (project === undefined ? origin : `${origin}/project/${encodeURIComponent(project)}/app/${name}`),
  };
}

/** Numbered steps below a title each. */
export function renderManualSteps(all: readonly ManualSteps[], pages: MixpanelPages, style: Style): readonly string[] {
  return [
    ...(pages.isProjectKnown ? [] : ['With MIXPANEL_PROJECT_ID set, these addresses lead into your project.']),
    ...all.flatMap(({ title, steps }) => [
      '',
      style.strong(title),
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    ]),
  ];
}
