import { documentOf } from '../../cli/http.ts';
import { type Check, type CheckContext, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { destinationsOf } from '../destinations.ts';
import { explainFailure } from '../explain.ts';
import { explainDelivery, poll, RESERVE_MS, sendTestError } from '../send-as-service.ts';

/** Whether an error arrives: captured as services do, and found again by its id where that can be asked. */
export const sentryError: Check = {
  name: 'sentry-error',
  about: 'a test error is taken, and found again where that can be asked',
  needs: ['variables', 'inbox', 'sentry-host'],
  isOffline: false,
  async run(context) {
    const { sentry } = destinationsOf(context.env);
    if (sentry === undefined) return skipped('SENTRY_DSN is not set: services report no errors.');
    const endsAt = performance.now() + context.timeoutMs;
    const waitMs = Math.max(100, context.timeoutMs - RESERVE_MS);
    const { eventId, ...delivery } = await sendTestError({ ...context, timeoutMs: waitMs });
    const { timeoutMs } = context;
    const problem = explainDelivery(delivery, { name: 'Sentry', origin: sentry, timeoutMs, denied: explainDenial });
    if (problem) return problem;
    const index = errorIndexOf(context);
    if (index === undefined)
      return ok(
        `Sentry took the test error ${eventId}; its answer 200 is the proof. With SENTRY_AUTH_TOKEN and SENTRY_ORG it is looked up as well.`,
      );
    const ask = async () => {
      const sighting = await findError(eventId, context);
      return sighting.is === 'missing' ? undefined : sighting;
    };
    const forMs = endsAt - performance.now() - RESERVE_MS;
    const sighting = (await poll(ask, { forMs, signal: context.signal })) ?? { is: 'missing' };
    return judge(sighting, eventId, index, context);
  },
};

/** Sentry reference, ingestion, "Responses": 403, or 401 of an older Relay, for the key, the project, and both together. */
function explainDenial(status: number, words: string): Finding {
  const advice = 'Copy the DSN anew from Sentry: Project Settings > Client Keys (DSN); the key there must be enabled.';
  if (/ProjectId/i.test(words))
    return failed(
      `Sentry does not know the project at the end of SENTRY_DSN, or its key is that of another project (${status}: ${words}).`,
      advice,
    );
  return failed(`Sentry refuses the key in SENTRY_DSN (${status}: ${words}): it is mistyped, or was disabled.`, advice);
}

function judge(sighting: ErrorSighting, eventId: string, index: 'inbox' | 'sentry', context: CheckContext): Finding {
  if (sighting.is === 'refused')
    return ok(
      `Sentry took the test error ${eventId}; its answer 200 is the proof, as SENTRY_AUTH_TOKEN may not look it up (${sighting.status}).`,
    );
  if (sighting.is === 'unreachable')
    return warning(
      `Sentry took the test error ${eventId}; it could not be looked up: ${sighting.words}`,
      'Correct SENTRY_URL, where the management API is.',
    );
  if (sighting.is === 'missing')
    return warning(
      `${index === 'inbox' ? 'The inbox' : 'Sentry'} took the test error ${eventId}, but does not show it within ${context.timeoutMs / 1000} s: it is slow, filters it out, or SENTRY_DSN is of another organization than SENTRY_ORG.`,
      'Ask again with --timeout 60; then look at Stats > Errors in Sentry for what was filtered or dropped.',
    );
  if (index === 'inbox') return ok(`The test error ${eventId} arrived and was found again in the inbox.`);
  return ok(
    `The test error ${eventId} was found again in Sentry${sighting.project ? `, in the project ${sighting.project}` : ''}.`,
  );
}

/** What a look-up by the event id says. */
type ErrorSighting =
  | { readonly is: 'found'; readonly project: string | undefined }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly status: number }
  | { readonly is: 'unreachable'; readonly words: string };

/** Who can be asked for an error by its id; `undefined` when nobody can. */
function errorIndexOf({ env }: Pick<CheckContext, 'env'>): 'inbox' | 'sentry' | undefined {
  const { sentry, inbox } = destinationsOf(env);
  if (sentry === inbox) return 'inbox';
  return env['SENTRY_AUTH_TOKEN'] && env['SENTRY_ORG'] ? 'sentry' : undefined;
}

/**
 * Looks for an error, at the inbox or with the auth token at Sentry.
 *
 * @see https://docs.sentry.io/api/organizations/resolve-an-event-id/
 */
async function findError(eventId: string, context: CheckContext): Promise<ErrorSighting> {
  const { env, fetch, signal } = context;
  const { inbox } = destinationsOf(env);
  const isInbox = errorIndexOf(context) === 'inbox';
  const url = isInbox ? `${inbox}/api/errors/${eventId}` : `${sentryApiOf(env)}/eventids/${eventId}/`;
  const headers: Record<string, string> = isInbox ? {} : { authorization: `Bearer ${env['SENTRY_AUTH_TOKEN']}` };
  const response = await fetch(url, { headers, signal }).catch(
    (error: unknown) => explainFailure(error, new URL(url).origin).says,
  );
  if (typeof response === 'string') return { is: 'unreachable', words: response };
  if (response.ok) {
    const { projectSlug } = documentOf<{ projectSlug?: string }>(await response.text()) ?? {};
    return { is: 'found', project: projectSlug };
  }
  await response.body?.cancel();
  return response.status === 404 ? { is: 'missing' } : { is: 'refused', status: response.status };
}

/** The management API of the organization. */
export function sentryApiOf(env: CheckContext['env']): string {
  const url = (env['SENTRY_URL'] || 'https://sentry.io').replace(/\/$/, '');
  return `${url}/api/0/organizations/${encodeURIComponent(env['SENTRY_ORG'] ?? '')}`;
}
