import type { CommandContext } from '../cli/context.ts';
import { failureOf, type PartOutcome } from './outcome.ts';

/** Who holds rows of people, or waits to tell of them; auth-service first, which ends the sessions. Ports of `npm start`. */
const SERVICES = [
  { name: 'auth-service', variable: 'AUTH_SERVICE_URL', port: 3001 },
  { name: 'qr-service', variable: 'QR_SERVICE_URL', port: 3002 },
  { name: 'microsite-service', variable: 'MICROSITE_SERVICE_URL', port: 3003 },
  { name: 'routing-service', variable: 'ROUTING_SERVICE_URL', port: 3004 },
  { name: 'analytics-service', variable: 'ANALYTICS_URL', port: 3005 },
] as const;

const TIMEOUT_MS = 5000;

/** A service and where it is. */
export interface ServiceAddress {
  readonly name: string;
  readonly variable: string;
  readonly origin: string;
}

export function servicesOf({ env }: Pick<CommandContext, 'env'>): ServiceAddress[] {
  return SERVICES.flatMap(({ name, variable, port }) => {
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
