import { setTimeout as wait } from 'node:timers/promises';
import type { PlanExport } from '@qr/plan/documents';
import { requireVariable } from '../../cli/command.ts';
import { CommandError } from '../../cli/command-error.ts';
import type { CommandContext } from '../../cli/context.ts';
import { isLocal } from '../../cli/environment.ts';
import { compareEntries, type LexiconDifference } from './compare-entries.ts';
import { createLexiconClient, type LexiconAccount, type LexiconClient } from './lexicon-client.ts';
import { createPace } from './pace.ts';
import { plannedEntries } from './planned-entries.ts';
import { uploadEntries } from './upload.ts';

export interface LexiconOptions {
  readonly apply: boolean;
  /** Removes entries with the plan's tag that the plan no longer has. */
  readonly prune: boolean;
  /** @default a timer */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface LexiconOutcome {
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
