import type { CommandContext } from '../cli/context.ts';
import { failureOf, type PartOutcome } from './outcome.ts';

const TIMEOUT_MS = 5000;

/** A service and where it is. */
export interface ServiceAddress {
  readonly name: string;
  readonly variable: string;
  readonly origin: string;
}

/** Returns the services of the config that hold rows of people, in its order: where their variables say, else at the ports of `npm start`. */
export async function servicesOf({ env, config }: Pick<CommandContext, 'env' | 'config'>): Promise<ServiceAddress[]> {
  const services = (await config()).services.filter(({ forgetsUsers }) => forgetsUsers);
  return services.flatMap(({ name, originVariable: variable, port }) => {
    // Instances are separated by commas.
    const origins = (env[variable]?.trim() || `http://127.0.0.1:${port}`).split(',');
    return origins.map((origin) => ({ name, variable, origin: origin.trim().replace(/\/+$/, '') }));
  });
}

/** Asks a service to remove the rows of people, and what of theirs waits there; both may be asked again. */
export async function eraseInService(
  context: CommandContext,
  service: ServiceAddress,
  people: readonly string[],
): Promise<PartOutcome> {
  const outcome = (problem?: string): PartOutcome => ({
    part: 'service',
    name: service.name,
    outcome: problem === undefined ? 'done' : 'failed',
    detail: problem ?? 'its rows are gone, and what waited there',
  });
  const token = context.env['SERVICE_TOKEN']?.trim();
  if (!token)
    return outcome('SERVICE_TOKEN is not set: it must be the one that the services show each other; put it into .env');
  for (const id of people) {
    const problem = await ask(context, service, { id, token });
    if (problem !== undefined) return outcome(problem);
  }
  return outcome();
}

async function ask(
  { fetch, signal }: CommandContext,
  { variable, origin }: ServiceAddress,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<string | undefined> {
  try {
    const response = await fetch(`${origin}/internal/users/${encodeURIComponent(id)}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    if (response.status === 204) return undefined;
    if (response.status === 401) return 'it refuses SERVICE_TOKEN (401): use the one that it was started with';
    if (response.status === 404) return `${origin} has no such route (404): check ${variable}`;
    return `${origin} answered ${response.status}: see its log, then run this again`;
  } catch (error) {
    signal.throwIfAborted();
    return `nobody answers at ${origin} (${failureOf(error)}): start it or set ${variable}, then run this again`;
  }
}
