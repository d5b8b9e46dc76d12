import { CommandError, exitCodes } from '../cli/command.ts';
import { type Answer, documentOf } from '../cli/http.ts';
import type { Method, SentryAccess, SentryPath, SentryRequest } from './exchange.ts';

/** Enough of an answer to see what it is about. */
const MAX_ANSWER_LENGTH = 300;

/** Whose answer it is. */
type Asked = Pick<SentryAccess, 'url' | 'org' | 'token'>;

/** Says why Sentry did not do what it was asked for, and what to do. Never says the token. */
export function refusal(request: SentryRequest, answer: Answer, asked: Asked): CommandError {
  return new CommandError(`${summaryOf(request, answer, asked)} ${explain(request, answer, asked)}`, {
    exitCode: exitCodes.refused,
  });
}

function summaryOf({ method, path }: SentryRequest, { status }: Answer, { url }: Asked): string {
  return status === 0
    ? `Sentry at ${url} gave no answer to ${method} ${path}.`
    : `Sentry answered ${method} ${path} with ${status}.`;
}

function explain(request: SentryRequest, answer: Answer, asked: Asked): string {
  const { status } = answer;
  if (status === 0) return `${answer.text}. Check SENTRY_URL and the network.`;
  if (status === 401)
    return `It does not know the token: SENTRY_AUTH_TOKEN must be one of the organization ${asked.org}.`;
  if (status === 403) return missingScope(request, asked);
  if (status === 404 && /\/\d+\/$/.test(request.path)) return 'It is no longer there: run the plan again.';
  if (status === 404 && request.path.startsWith('projects/') && request.method === 'POST')
    return `The plan of ${asked.org} may have no monitors of metrics, which Sentry answers in this way: see Settings, Subscription.`;
  if (status === 404) {
    const isNew = request.path === 'detectors/' || request.path === 'workflows/';
    const sinceWhen = isNew ? " A Sentry of one's own has this address from version 26.7.0 on." : '';
    return `Check SENTRY_ORG (${asked.org}) and SENTRY_URL (${asked.url}).${sinceWhen}`;
  }
  if (status === 410)
    return 'It has retired this address. It does so for minutes at a time at first: try again in five minutes, and if it stays so, qr-obs needs the successor of the address. The rules/ of a project became workflows/ of the organization, and alert-rules/ and combined-rules/ became detectors/.';
  if (status === 409) return `Something of this name was made in the meantime: run the plan again. ${reasonOf(answer)}`;
  if (status >= 300 && status < 400)
    return `It sends to ${answer.headers.get('location') ?? 'another address'}: put that origin into SENTRY_URL.`;
  if (status >= 500) return 'Try again later.';
  return `It says: ${reasonOf(answer)}`;
}

function missingScope({ method, path }: SentryRequest, { token }: Asked): string {
  const kind = token.startsWith('sntrys_')
    ? 'SENTRY_AUTH_TOKEN is an organization token (sntrys_), which only ever has org:ci. '
    : '';
  const scopes = scopesFor(method, path);
  const needed = scopes.length === 1 ? `the scope ${scopes[0]}` : `one of the scopes ${scopes.join(', ')}`;
  return `${kind}This needs ${needed}. Make the token of an internal integration with ${SUGGESTED_SCOPES}, or give it access to the project if it has them.`;
}

function reasonOf(answer: Answer): string {
  const detail = documentOf<{ detail?: unknown }>(answer.text)?.detail;
  return (typeof detail === 'string' ? detail : answer.text).slice(0, MAX_ANSWER_LENGTH);
}

/** What a token for alerts and dashboards as code needs, and no more. */
export const SUGGESTED_SCOPES = 'org:read, alerts:read and alerts:write';

const READ_ALERTS = ['alerts:read', 'org:read'];
const ORGANIZATION = ['org:read'];

/**
 * The scopes of which a token needs one, the smallest first; larger ones of the same kind do as well. After Sentry's API description,
 * version 0.272.0. For changing a monitor it also names `org:read`, which may not be enough, as was so with the endpoint before it.
 */
function scopesFor(method: Method, path: SentryPath): readonly string[] {
  if (path.startsWith('integrations/')) return ['org:read', 'org:integrations'];
  if (path.startsWith('dashboards/')) return ORGANIZATION;
  if (path === 'projects/') return ORGANIZATION;
  if (method === 'GET') return READ_ALERTS;
  if (path.startsWith('workflows/')) return ['alerts:write', 'org:write'];
  return path.startsWith('projects/') ? ['alerts:write', 'project:write'] : ['alerts:write'];
}
