import { setTimeout as wait } from 'node:timers/promises';
import type { PlanExport } from '@qr/plan/documents';
import { type CommandContext, CommandError, requireVariable } from '../../cli/command.ts';
import { isLocal } from '../../cli/environment.ts';
import { countOf, type Style } from '../../cli/terminal.ts';
import { createLexiconClient, createPace, type LexiconAccount, type LexiconClient, uploadEntries } from './client.ts';
import { compareEntries, type LexiconDifference, plannedEntries, sizeOf } from './entries.ts';

interface LexiconOptions {
  readonly apply: boolean;
  /** Removes entries with the plan's tag that the plan no longer has. */
  readonly prune: boolean;
  /** @default a timer */
  readonly sleep?: (ms: number) => Promise<void>;
}

interface LexiconOutcome {
  /** Nothing where there is no account to compare with. */
  readonly projectId: string | undefined;
  readonly difference: LexiconDifference;
  readonly isApplied: boolean;
  /** Titles of the entries that `prune` removed. */
  readonly removed: readonly string[];
}

const DEFAULT_HOST = 'https://mixpanel.com';

/** Compares the plan with Lexicon, and with `apply` makes Lexicon say what the plan says. @throws CommandError */
export async function syncLexicon(
  plan: PlanExport,
  { apply, prune, sleep }: LexiconOptions,
  context: CommandContext,
): Promise<LexiconOutcome> {
  if (prune && !apply) throw new CommandError('--prune removes entries, which only happens together with --apply.');
  const planned = plannedEntries(plan);
  const account = accountOf(context);
  if (!account) {
    if (apply)
      throw new CommandError(
        'The local inbox has no Lexicon, so there is nothing to upload to. Set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID.',
      );
    return { projectId: undefined, difference: compareEntries(planned, []), isApplied: false, removed: [] };
  }
  const client = clientOf(account, context, sleep ?? ((ms) => wait(ms, undefined, { signal: context.signal })));
  const difference = compareEntries(planned, await client.list());
  const { projectId } = account;
  if (!apply) return { projectId, difference, isApplied: false, removed: [] };
  await uploadEntries(
    client,
    difference.changes.map(({ entry }) => entry),
    context.note,
  );
  const toRemove = prune ? difference.unplanned.filter(({ wasPlanned }) => wasPlanned) : [];
  for (const { entry, title } of toRemove) {
    await client.remove(entry);
    context.note(`Removed ${title}.`);
  }
  return { projectId, difference, isApplied: true, removed: toRemove.map(({ title }) => title) };
}

function accountOf(context: CommandContext): LexiconAccount | undefined {
  const { env } = context;
  if (isLocal(env) && !env['MIXPANEL_SERVICE_ACCOUNT']) return undefined;
  const serviceAccount = requireVariable(
    context,
    'MIXPANEL_SERVICE_ACCOUNT',
    'user:secret of a service account with the role Admin or Owner',
  );
  const projectId = requireVariable(context, 'MIXPANEL_PROJECT_ID', 'the numeric id of the project');
  if (!/^\d+$/.test(projectId))
    throw new CommandError(`MIXPANEL_PROJECT_ID must be the numeric id of the project, got "${projectId}".`);
  if (!/^[^:]+:./.test(serviceAccount))
    throw new CommandError('MIXPANEL_SERVICE_ACCOUNT must be user:secret, and has no colon between the two.');
  return { serviceAccount, projectId, host: hostOf(env) };
}

/** An account without a token leaves the inbox standing in for ingestion; Lexicon is the vendor's all the same. */
function hostOf(env: CommandContext['env']): string {
  const host = env['MIXPANEL_APP_HOST'];
  if (!host || (isLocal(env) && host === env['INBOX_URL'])) return DEFAULT_HOST;
  if (!URL.canParse(host))
    throw new CommandError(`MIXPANEL_APP_HOST must be an origin such as ${DEFAULT_HOST}, got "${host}".`);
  return new URL(host).origin;
}

function clientOf(
  account: LexiconAccount,
  context: CommandContext,
  sleep: (ms: number) => Promise<void>,
): LexiconClient {
  const { fetch, signal, now, note } = context;
  const onWait = (ms: number): void =>
    note(`Waiting ${Math.ceil(ms / 1000)} s: Mixpanel takes 5 requests, and 4000 events and properties, a minute.`);
  return createLexiconClient({ ...account, fetch, signal, note, sleep, pace: createPace({ now, sleep, onWait }) });
}

/** What `--json` answers; no project where there is no account to compare with. */
export function toLexiconResult({ projectId, difference, isApplied, removed }: LexiconOutcome): object {
  const { changes, unchanged, unplanned } = difference;
  return {
    projectId: projectId ?? null,
    isApplied,
    added: changes.filter(({ isNew }) => isNew).map(({ title }) => title),
    changed: changes.filter(({ isNew }) => !isNew).map(({ title, differences }) => ({ title, differences })),
    unchanged,
    onlyThere: unplanned.map(({ title, wasPlanned }) => ({ title, wasPlanned })),
    removed,
  };
}

export function lexiconLines(outcome: LexiconOutcome, style: Style): string[] {
  const { changes, unchanged, unplanned } = outcome.difference;
  const added = changes.filter(({ isNew }) => isNew);
  const changed = changes.filter(({ isNew }) => !isNew);
  const where =
    outcome.projectId === undefined
      ? 'The local inbox has no Lexicon. This is what would be uploaded to an empty one:'
      : `Lexicon of project ${outcome.projectId}:`;
  return [
    `${where} ${added.length} new, ${changed.length} changed, ${unchanged} as planned, ${unplanned.length} not in the plan.`,
    ...added.map(({ title, entry }) =>
      style.good(`  + ${title}  ${countOf(sizeOf(entry) - 1, 'property', 'properties')}`),
    ),
    ...changed.map(({ title, differences }) => style.warning(`  ~ ${title}  ${differences.join('; ')}`)),
    ...unplanned.map((entry) => style.faint(`  ? ${entry.title}  only there, ${fateOf(entry, outcome)}`)),
    ...ending(outcome),
  ];
}

function ending({ projectId, isApplied, difference: { changes } }: LexiconOutcome): string[] {
  if (projectId === undefined)
    return ['Set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID to compare with a project.'];
  if (changes.length === 0) return ['Lexicon says what the plan says.'];
  return [isApplied ? `Uploaded ${changes.length}.` : 'Nothing was written. Upload it with --apply.'];
}

function fateOf({ title, wasPlanned }: LexiconDifference['unplanned'][number], { removed }: LexiconOutcome): string {
  if (removed.includes(title)) return 'and removed now';
  return wasPlanned ? 'once uploaded from the plan: --apply --prune removes it' : 'and left alone';
}
