import { personKeys } from '@qr/plan';
import { type CommandContext, requirePlan } from '../cli/context.ts';
import { locateSpools } from '../spool/locate.ts';
import { accessOf, isReason, requestDeletion } from './mixpanel.ts';
import type { ComplianceType, Deletion } from './mixpanel-deletions.ts';
import type { PartOutcome } from './outcome.ts';
import type { People } from './people.ts';
import { explainSentry } from './sentry.ts';
import { eraseInService, servicesOf } from './services.ts';
import { eraseInSpool } from './spools.ts';

/** Whose data is to be erased, and how. */
export interface ForgetRequest {
  readonly people: People;
  readonly complianceType: ComplianceType;
  /** A spool, or a folder of them, instead of all. */
  readonly dir: string | undefined;
}

/** What became of an erasure. */
export interface ForgetOutcome {
  readonly parts: readonly PartOutcome[];
  readonly deletions: readonly Deletion[];
  /** What is left to people, at Sentry. */
  readonly steps: readonly string[];
}

/**
 * Erases people everywhere. A part that fails does not stop the others, and all of it may be done again. Services first, so that nothing new comes,
 * then what waits, and the vendors last: what reached them meanwhile goes too.
 */
export async function forget(context: CommandContext, request: ForgetRequest): Promise<ForgetOutcome> {
  const { people, complianceType, dir } = request;
  const { spools } = await locateSpools(context, dir);
  const parts: PartOutcome[] = [];
  const personFields = personKeys(await requirePlan(context));
  context.note('Asking the services ...');
  for (const service of await servicesOf(context)) parts.push(await eraseInService(context, service, people.given));
  if (spools.length > 0) context.note('Searching the spools ...');
  for (const spool of spools)
    parts.push(
      await eraseInSpool(spool, [...new Set([...people.given, ...people.sent])], { now: context.now(), personFields }),
    );
  context.note('Asking the vendors ...');
  const access = accessOf(context);
  const { outcomes, deletions } = isReason(access)
    ? { outcomes: [access], deletions: [] }
    : await requestDeletion(context, access, { people: people.sent, complianceType });
  const sentry = await explainSentry(context, people.sent);
  return { parts: [...parts, ...outcomes, ...sentry.outcomes], deletions, steps: sentry.steps };
}
