import type { CheckContext } from './check.ts';
import { destinationsOf } from './destinations.ts';
import { explainFailure } from './explain-failure.ts';

/** What a look-up by the event id says. */
export type ErrorSighting =
  | { readonly is: 'found'; readonly project: string | undefined }
  | { readonly is: 'missing' }
  | { readonly is: 'refused'; readonly status: number }
  | { readonly is: 'unreachable'; readonly words: string };

/** Who can be asked for an error by its id; `undefined` when nobody can. */
export function errorIndexOf({ env }: Pick<CheckContext, 'env'>): 'inbox' | 'sentry' | undefined {
  const { sentry, inbox } = destinationsOf(env);
  if (sentry === inbox) return 'inbox';
  return env['SENTRY_AUTH_TOKEN'] && env['SENTRY_ORG'] ? 'sentry' : undefined;
}

/**
 * Looks for an error, at the inbox or with the auth token at Sentry.
 *
 * @see https://docs.sentry.io/api/organizations/resolve-an-event-id/
 */
export async function findError(eventId: string, context: CheckContext): Promise<ErrorSighting> {
  const { env, fetch, signal } = context;
  const { inbox } = destinationsOf(env);
  const isInbox = errorIndexOf(context) === 'inbox';
  const url = isInbox ? `${inbox}/api/errors/${eventId}` : `${sentryApiOf(env)}/eventids/${eventId}/`;
  const headers: Record<string, string> = isInbox ? {} : { authorization: `Bearer ${env['SENTRY_AUTH_TOKEN']}` };
  const response = await fetch(url, { headers, signal }).catch(
    (error: unknown) => explainFailure(error, new URL(url).origin).says,
  );
  if (typeof response === 'string') return { is: 'unreachable', words: response };
  if (response.ok) return { is: 'found', project: projectOf(await response.text()) };
  await response.body?.cancel();
  return response.status === 404 ? { is: 'missing' } : { is: 'refused', status: response.status };
}

/** The management API of the organization. */
export function sentryApiOf(env: CheckContext['env']): string {
  const url = (env['SENTRY_URL'] || 'https://sentry.io').replace(/\/$/, '');
  return `${url}/api/0/organizations/${encodeURIComponent(env['SENTRY_ORG'] ?? '')}`;
}

function projectOf(text: string): string | undefined {
  try {
    const { projectSlug } = JSON.parse(text) as { projectSlug?: unknown };
    return typeof projectSlug === 'string' ? projectSlug : undefined;
  } catch {
    return undefined;
  }
}
