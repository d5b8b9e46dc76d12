import type { Check, CheckContext } from '../check.ts';
import { explainFailure } from '../explain.ts';

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
