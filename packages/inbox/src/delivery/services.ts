import type { Config } from '@qr/alerts/config';
import type { FastifyInstance } from 'fastify';
import { isJsonObject, type JsonObject } from '../store/records.ts';

/** A process that is asked what it has delivered and lost. */
export interface DeliveringService {
  readonly name: string;
  /** Its origin. */
  readonly url: string;
}

/**
 * Reads a list such as `auth-service=http://127.0.0.1:3001,web=http://127.0.0.1:3000`.
 * @throws when an entry is none; the message quotes it.
 */
export function parseServices(list: string): DeliveringService[] {
  return list
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [, name, url] = /^\s*([^=\s]+)=(https?:\/\/\S+?)\/?\s*$/.exec(entry) ?? [];
      if (name !== undefined && url !== undefined && URL.canParse(url)) return { name, url };
      throw new Error(`INBOX_SERVICES must be a list of name=http://host:port, got "${entry}".`);
    });
}

/** Returns the services of a config and its web server, at their default ports on this machine. */
export function servicesOf(config: Config | undefined): DeliveringService[] {
  const all = config === undefined ? [] : [...config.services, ...(config.web ? [config.web] : [])];
  return all.map(({ name, port }) => ({ name, url: `http://127.0.0.1:${port}` }));
}

/** Whom to ask about deliveries, and with which token. */
export interface DeliveryOptions {
  readonly services: readonly DeliveringService[];
  /** The token that services show each other. */
  readonly serviceToken: string;
}

/** `GET /api/delivery`: what each service says that it has queued, spooled, delivered, retried and dropped. */
export function deliveryRoute(app: FastifyInstance, { services, serviceToken }: DeliveryOptions): void {
  app.get('/api/delivery', async () => ({
    services: await Promise.all(services.map((service) => askService(service, serviceToken))),
  }));
}

const TIMEOUT_MS = 2000;
/** A caller's decision is followed: else the inbox would fill itself with traces of its own questions. */
const UNSAMPLED = `${'1'.repeat(32)}-${'1'.repeat(16)}-0`;

/** What a service says of its deliveries, or why it says nothing. */
type ServiceAnswer =
  | { readonly name: string; readonly stats: JsonObject }
  | { readonly name: string; readonly failure: string };

/** Never rejects: a service that is down is worth a line, not an error. */
async function askService({ name, url }: DeliveringService, token: string): Promise<ServiceAnswer> {
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
