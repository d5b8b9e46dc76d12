import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { applicationOriginFor } from '../doctor/checks/residency.ts';
import { originOf } from '../doctor/destinations.ts';
import { type ComplianceType, createDeletionClient, type Deletion, type DeletionAccess } from './mixpanel-deletions.ts';
import { failureOf, type PartOutcome } from './outcome.ts';
import { explainState } from './states.ts';
import { TRACKING_FILE, writeTracked } from './tracking-file.ts';

/** How the vendor can be asked, or why not. */
export function accessOf({ env }: Pick<CommandContext, 'env'>): DeletionAccess | PartOutcome {
  const [token, oauthToken] = [env['MIXPANEL_TOKEN']?.trim(), env['MIXPANEL_OAUTH_TOKEN']?.trim()];
  if (!token) return outcome('unused', 'MIXPANEL_TOKEN is not set');
  if (!oauthToken)
    return outcome(
      'failed',
      'MIXPANEL_OAUTH_TOKEN is not set, and the API takes nothing else: an owner or admin of the project makes one under Profile & Preferences, Data & Privacy; put it into .env',
    );
  const api = originOf(env['MIXPANEL_API_HOST'] || 'https://api.mixpanel.com');
  const appHost = env['MIXPANEL_APP_HOST']?.trim() || (api && applicationOriginFor(api));
  // An id must not be sent to another region than the data that it stands for.
  if (!appHost)
    return outcome(
      'failed',
      'MIXPANEL_APP_HOST is not set, and MIXPANEL_API_HOST does not tell the region of the project',
    );
  return { appHost, token, oauthToken };
}

/** Whether it is the reason why the vendor cannot be asked. */
export function isReason(access: DeletionAccess | PartOutcome): access is PartOutcome {
  return 'outcome' in access;
}

/** Asks for the deletion of people; what was accepted is written down at once. Asking again makes a request of its own, which does no harm. */
export async function requestDeletion(
  context: CommandContext,
  access: DeletionAccess,
  { people, complianceType }: { readonly people: readonly string[]; readonly complianceType: ComplianceType },
): Promise<{ readonly outcomes: readonly PartOutcome[]; readonly deletions: readonly Deletion[] }> {
  const deletions: Deletion[] = [];
  const requestedAt = new Date(context.now()).toISOString();
  try {
    await createDeletionClient(context, access).request(people, complianceType, async (deletion) => {
      deletions.push(deletion);
      await writeTracked(context.root, [{ ...deletion, complianceType, requestedAt }]).catch((error: unknown) =>
        context.note(`${TRACKING_FILE} cannot be written (${failureOf(error)}): note ${deletion.trackingId} yourself.`),
      );
    });
    return { outcomes: deletions.map(accepted), deletions };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.message.replace(/^Mixpanel: /, '').replace(/\.$/, '');
    return { outcomes: [...deletions.map(accepted), outcome('failed', reason)], deletions };
  }
}

function accepted({ trackingId, state }: Deletion): PartOutcome {
  return outcome('done', `asked under the tracking id ${trackingId}: ${explainState(state)}`);
}

function outcome(kind: PartOutcome['outcome'], detail: string): PartOutcome {
  return { part: 'mixpanel', name: 'Mixpanel', outcome: kind, detail };
}
