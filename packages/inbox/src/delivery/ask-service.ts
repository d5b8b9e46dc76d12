import { isJsonObject, type JsonObject } from '../store/records.ts';
import type { DeliveringService } from './services.ts';

const TIMEOUT_MS = 2000;
/** A caller's decision is followed: else the inbox would fill itself with traces of its own questions. */
const UNSAMPLED = `${'1'.repeat(32)}-${'1'.repeat(16)}-0`;

/** What a service says of its deliveries, or why it says nothing. */
export type ServiceAnswer =
  | { readonly name: string; readonly stats: JsonObject }
  | { readonly name: string; readonly failure: string };

/** Never rejects: a service that is down is worth a line, not an error. */
export async function askService({ name, url }: DeliveringService, token: string): Promise<ServiceAnswer> {
  try {
    const response = await fetch(`${url}/internal/stats`, {
      headers: { authorization: `Bearer ${token}`, 'sentry-trace': UNSAMPLED },
      // Following a redirect would show the token to another host.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return { name, failure: `answered ${response.status}` };
    const stats: unknown = await response.json();
    return isJsonObject(stats) ? { name, stats } : { name, failure: 'answered something else than an object' };
  } catch (error) {
    return { name, failure: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'answered no JSON';
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate ? `did not answer within ${TIMEOUT_MS / 1000} s` : 'cannot be reached';
}
