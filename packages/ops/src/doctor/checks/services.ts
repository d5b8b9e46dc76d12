import { type Check, type CheckContext, failed, ok, skipped } from '../check.ts';
import { explainFailure } from '../hosts.ts';

/** Whether every service of the config answers, where variables say where they are: those of a platform that runs, or of a deployment. */
export const services: Check = {
  name: 'services',
  about: 'every service of the config answers, where its origin is set',
  needs: ['variables'],
  isOffline: false,
  async run(context) {
    const { services: all } = await context.config();
    // Instances are separated by commas.
    const asked = all.flatMap(({ name, originVariable }) =>
      (context.env[originVariable]?.split(',') ?? []).map((origin) => ({
        name,
        originVariable,
        origin: origin.trim(),
      })),
    );
    if (asked.length === 0)
      return {
        status: 'skipped',
        says: 'No variable names the origin of a service, such as AUTH_SERVICE_URL: none runs here.',
      };
    const problems = await Promise.all(asked.map((service) => problemOf(service, context)));
    const said = problems.filter((problem) => problem !== undefined);
    if (said.length === 0)
      return { status: 'ok', says: `${new Set(asked.map(({ name }) => name)).size} services answer.` };
    return {
      status: 'failed',
      says: said.join('\n'),
      do: 'Start what is missing (`npm start` starts all), or correct its variable.',
    };
  },
};

interface Asked {
  readonly name: string;
  readonly originVariable: string;
  readonly origin: string;
}

async function problemOf(
  { name, originVariable, origin }: Asked,
  { fetch, signal }: CheckContext,
): Promise<string | undefined> {
  if (!URL.canParse(origin))
    return `${originVariable}: expected an origin such as http://127.0.0.1:3001, got "${origin}".`;
  const answer = await fetch(`${new URL(origin).origin}/health/live`, { signal }).catch((error: unknown) =>
    explainFailure(error, origin),
  );
  if (!(answer instanceof Response)) return `${name}: ${answer.says}`;
  await answer.body?.cancel();
  return answer.ok ? undefined : `${name} at ${origin} answers ${answer.status} to /health/live.`;
}

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
