import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultEndpoint } from '../faults/fault.ts';
import { faultHooks } from '../faults/fault-hooks.ts';
import type { Faults } from '../faults/faults.ts';
import type { RawLog } from '../store/raw-log.ts';
import type { Store } from '../store/store.ts';
import { type Encodings, takeBodiesAsBytes } from './bodies.ts';

/** What the endpoints of both vendors need. */
export interface Ingestion {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly faults: Faults;
  readonly now: () => number;
}

/** How the SDK endpoints of one vendor differ from those of the other. */
interface Vendor {
  readonly name: string;
  readonly maxBytes: number;
  readonly encodings: Encodings;
  endpointOf(request: FastifyRequest): FaultEndpoint;
  /** Answers in the vendor's form what is wrong with a request as a whole. */
  refuse(reply: FastifyReply, status: number, message: string): FastifyReply;
}

/** Prepares a scope for the SDKs of a vendor: pages of any origin, bodies of any type, faults, and errors in its form. */
export function openIngestion(app: FastifyInstance, { rawLog, faults, now }: Ingestion, vendor: Vendor): void {
  const { name, maxBytes, encodings, endpointOf, refuse } = vendor;
  allowAnyOrigin(app);
  takeBodiesAsBytes(app, { maxBytes, encodings, rawLog, now });
  faultHooks(app, faults, endpointOf);
  app.setErrorHandler((error, request, reply) => {
    const clientError = clientErrorOf(error);
    if (clientError !== undefined) return refuse(reply, clientError.status, clientError.message);
    request.log.error({ err: error }, `a ${name} request failed`);
    return refuse(reply, 500, 'internal error');
  });
}

/**
 * Lets pages of any origin send telemetry. The origin is mirrored, as mixpanel-browser sends with credentials and a
 * browser refuses `*` there. Only the ingestion endpoints get this: what the inbox holds is not for other origins.
 */
function allowAnyOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('access-control-allow-origin', origin ?? '*');
    reply.header('access-control-expose-headers', 'X-Sentry-Error, X-Sentry-Rate-Limits, Retry-After');
    if (origin !== undefined) {
      reply.header('access-control-allow-credentials', 'true');
      reply.header('vary', 'Origin');
    }
    done();
  });
}

/** Answers preflight requests for a path that pages of any origin send to. */
export function answerPreflight(app: FastifyInstance, url: string): void {
  app.options(url, ({ headers }, reply) => {
    const headersAllowed = headers['access-control-request-headers'] ?? USUAL_HEADERS;
    return reply
      .code(204)
      .headers({ ...PREFLIGHT, 'access-control-allow-headers': headersAllowed })
      .send();
  });
}

const PREFLIGHT = { 'access-control-allow-methods': 'GET, POST, OPTIONS', 'access-control-max-age': '600' };
const USUAL_HEADERS =
  'authorization, content-encoding, content-type, x-forwarded-for, x-sentry-auth, sentry-trace, baggage, traceparent';

/** Returns the status and message of an error that Fastify found before any handler; undefined for our own. */
function clientErrorOf(error: unknown): { readonly status: number; readonly message: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode: status, message } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? { status, message } : undefined;
}
