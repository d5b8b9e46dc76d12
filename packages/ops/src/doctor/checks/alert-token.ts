import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { explainFailure } from '../explain.ts';
import { sentryApiOf } from './sentry-error.ts';

/** Whether the token of `qr-obs` may see alerts in Sentry. Services do not need it. */
export const alertToken: Check = {
  name: 'alert-token',
  about: 'SENTRY_AUTH_TOKEN may read alerts, where it is set',
  needs: ['variables'],
  isOffline: false,
  async run({ env, fetch, signal }) {
    const { SENTRY_AUTH_TOKEN: token, SENTRY_ORG: organization } = env;
    if (!token) return skipped('SENTRY_AUTH_TOKEN is not set: alerts and dashboards are not managed from here.');
    if (!organization)
      return warning(
        'SENTRY_AUTH_TOKEN is set and SENTRY_ORG is not: nothing can be asked with it.',
        'Set SENTRY_ORG to the name of the organization in the address of Sentry, <name>.sentry.io.',
      );
    const url = `${sentryApiOf(env)}/workflows/?per_page=1`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal }).catch((error: unknown) =>
      explainFailure(error, new URL(url).origin),
    );
    if (!(answer instanceof Response)) return answer;
    await answer.body?.cancel();
    return judge(answer.status, token, new URL(url).origin);
  },
};

const SCOPES = 'org:read, alerts:read, alerts:write, project:read, project:write, team:read';

function judge(status: number, token: string, origin: string): Finding {
  if (status === 200) return ok('It may read alerts; whether it may write them shows when it does.');
  if (status === 403) {
    const why = token.startsWith('sntrys_')
      ? 'it is an organization token, which has the scope org:ci only: enough for releases and source maps'
      : 'its scopes are too small';
    return warning(
      `SENTRY_AUTH_TOKEN may not read alerts (403): ${why}.`,
      `For \`qr-obs alerts\` make an internal integration in Sentry (Settings > Developer Settings) with ${SCOPES}, and use its token.`,
    );
  }
  if (status === 401)
    return failed(
      `${origin} does not know SENTRY_AUTH_TOKEN (401): it is mistyped, revoked, or of another Sentry.`,
      'Make a new one; an organization in the EU is asked at SENTRY_URL=https://de.sentry.io.',
    );
  if (status === 404)
    return failed(
      `${origin} has no organization of the name in SENTRY_ORG, or does not show it to this token (404).`,
      'Set SENTRY_ORG to the name in the address of Sentry, <name>.sentry.io; an organization in the EU is asked at SENTRY_URL=https://de.sentry.io.',
    );
  const reason =
    status === 429
      ? 'limits the rate'
      : status >= 500
        ? 'has troubles of its own'
        : 'gives an answer that is not known here';
  return warning(`${origin} ${reason} (${status}): what the token may do was not found out.`, 'Ask again later.');
}
