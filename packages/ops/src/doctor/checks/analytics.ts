import { type Check, failed, ok, skipped } from '../check.ts';
import { explainFailure } from '../explain.ts';

/** Whether analytics-service, the second destination of events, lets our services in. */
export const analytics: Check = {
  name: 'analytics',
  about: 'analytics-service answers, and takes the token of the services',
  needs: ['variables'],
  isOffline: false,
  async run({ env, fetch, signal }) {
    const { ANALYTICS_URL: url, SERVICE_TOKEN: token } = env;
    if (!url) return skipped('ANALYTICS_URL is not set: Mixpanel is the only destination.');
    // Instances are separated by commas; they share what is asked here.
    const { origin } = new URL(url.split(',')[0] ?? '');
    if (!token)
      return failed(
        'ANALYTICS_URL is set and SERVICE_TOKEN is not: nothing is sent to analytics-service.',
        'Set SERVICE_TOKEN to one random token of at least 32 characters, the same in every service.',
      );
    const answer = await fetch(`${origin}/internal/stats`, {
      headers: { authorization: `Bearer ${token}` },
      signal,
    }).catch((error: unknown) => explainFailure(error, origin));
    if (!(answer instanceof Response))
      return failed(
        `analytics-service: ${answer.says}`,
        'Start analytics-service (`npm start` starts them all), or correct ANALYTICS_URL.',
      );
    await answer.body?.cancel();
    if (answer.status === 401 || answer.status === 403)
      return failed(
        `analytics-service at ${origin} refuses our SERVICE_TOKEN (${answer.status}): it was started with another one.`,
        'Give every service the same SERVICE_TOKEN, and restart them.',
      );
    if (!answer.ok)
      return failed(
        `What answers at ${origin} is not an analytics-service that works (status ${answer.status}).`,
        'Correct ANALYTICS_URL, or look at the log of analytics-service.',
      );
    return ok(`It answers at ${origin} and takes the token.`);
  },
};
