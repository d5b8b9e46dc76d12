import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { allowAnyOrigin, preflightHeaders } from '../http/cors.ts';
import { readBody, takeBodiesAsBytes } from '../http/raw-body.ts';
import type { RawLog } from '../store/raw-log.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { isAuthorized } from './credentials.ts';
import { type DecodedBody, decodeBody, decodeData } from './decode-body.ts';
import { ingestEvents, ingestProfiles } from './ingest.ts';
import { LIMITS } from './limits.ts';
import {
  type Answer,
  badRequest,
  flagAnswer,
  importAnswer,
  plainAnswer,
  profileAnswer,
  tooLarge,
  unauthorized,
} from './responses.ts';

/** What the Mixpanel endpoints need. */
export interface MixpanelOptions {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly now: () => number;
}

type Endpoint = 'track' | 'import' | 'engage' | 'groups';

const ENDPOINTS: readonly Endpoint[] = ['track', 'import', 'engage', 'groups'];

/** `/track`, `/import`, `/engage` and `/groups`, each with and without a trailing slash. */
export function mixpanelRoutes(app: FastifyInstance, options: MixpanelOptions): void {
  takeBodiesAsBytes(app);
  allowAnyOrigin(app);
  app.setErrorHandler((error, request, reply) => {
    if (isBodyTooLarge(error)) return send(reply, tooLarge());
    request.log.error({ err: error }, 'a Mixpanel request failed');
    return send(reply, { status: 500, body: { code: 500, error: 'internal error', status: 'Internal Server Error' } });
  });
  for (const endpoint of ENDPOINTS) {
    for (const path of [`/${endpoint}`, `/${endpoint}/`]) {
      app.options(path, (request, reply) =>
        reply.code(204).headers(preflightHeaders(request.headers['access-control-request-headers'])).send(),
      );
      app.route({
        method: ['GET', 'POST'],
        url: path,
        bodyLimit: LIMITS.requestBytes,
        handler: async (request, reply) => send(reply, await answer(request, endpoint, options)),
      });
    }
  }
}

async function answer(request: FastifyRequest, endpoint: Endpoint, options: MixpanelOptions): Promise<Answer> {
  const now = options.now();
  const query = isJsonObject(request.query) ? request.query : {};
  const inflated = await readBody(request, LIMITS.requestBytes, options.rawLog, now);
  if (endpoint === 'import' && !isAuthorized(request.headers.authorization, query)) return unauthorized();
  if (!inflated.ok) {
    return inflated.reason === 'too-large' ? tooLarge() : badRequest('the body does not match its Content-Encoding');
  }
  const { data } = query;
  const fromQuery = typeof data === 'string';
  const bytes = fromQuery ? data.length : inflated.body.length;
  const decoded = fromQuery ? decodeData(data) : decodeBody(inflated.body, request.headers['content-type']);
  if (decoded.ok && decoded.records.length > LIMITS.recordsPerRequest) {
    return tooLarge(`${LIMITS.recordsPerRequest} events`);
  }
  if (endpoint === 'import') return importRecords(request, query, decoded, bytes, fromQuery, now, options.store);
  return collectRecords(request, query, endpoint, decoded, bytes, now, options.store);
}

function importRecords(
  request: FastifyRequest,
  query: JsonObject,
  decoded: DecodedBody,
  bytes: number,
  fromQuery: boolean,
  now: number,
  store: Store,
): Answer {
  // Old clients send `data` in a form or the query, without an insert id, and expect `1` back.
  const legacy = fromQuery || request.headers['content-type']?.includes('x-www-form-urlencoded') === true;
  if (!decoded.ok) return legacy ? flagAnswer(decoded.message, isOn(query['verbose'])) : badRequest(decoded.message);
  const strict = legacy ? query['strict'] === '1' : query['strict'] !== '0';
  const outcome = ingestEvents(store, decoded.records, bytes, { endpoint: 'import', strict, now, ip: request.ip });
  if (legacy && !strict) return plainAnswer(outcome, isOn(query['verbose']));
  return importAnswer(strict ? outcome : { ...outcome, failed: [] });
}

function collectRecords(
  request: FastifyRequest,
  query: JsonObject,
  endpoint: Exclude<Endpoint, 'import'>,
  decoded: DecodedBody,
  bytes: number,
  now: number,
  store: Store,
): Answer {
  const verbose = isOn(query['verbose']);
  if (!decoded.ok) return flagAnswer(decoded.message, verbose);
  if (endpoint === 'track') {
    const context = { endpoint, strict: false, now, ip: request.ip };
    return plainAnswer(ingestEvents(store, decoded.records, bytes, context), verbose);
  }
  const outcome = ingestProfiles(store, decoded.records, bytes, endpoint, now);
  return isOn(query['strict']) ? profileAnswer(outcome) : plainAnswer(outcome, verbose);
}

function isOn(flag: unknown): boolean {
  return flag === '1';
}

function isBodyTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  reply.code(status);
  if (typeof body === 'string') reply.type('text/plain; charset=utf-8');
  return reply.send(body);
}
