import type { FastifyInstance, FastifyRequest } from 'fastify';
import { faultHooks } from '../faults/fault-hooks.ts';
import type { Faults } from '../faults/faults.ts';
import { allowAnyOrigin, preflightHeaders } from '../http/cors.ts';
import type { Encodings } from '../http/inflate.ts';
import { takeBodiesAsBytes } from '../http/raw-body.ts';
import type { RawLog } from '../store/raw-log.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { sendAnswer } from './answer-form.ts';
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
  readonly faults: Faults;
  readonly now: () => number;
}

type Endpoint = 'track' | 'import' | 'engage' | 'groups';

const ENDPOINTS: readonly Endpoint[] = ['track', 'import', 'engage', 'groups'];

/** gzip is the only one that is documented. */
const ENCODINGS: Encodings = { taken: ['gzip'], refused: 'all others' };

/** `/track`, `/import`, `/engage` and `/groups`, each with and without a trailing slash. */
export function mixpanelRoutes(app: FastifyInstance, options: MixpanelOptions): void {
  const { rawLog, faults, now } = options;
  allowAnyOrigin(app);
  takeBodiesAsBytes(app, { maxBytes: LIMITS.requestBytes, encodings: ENCODINGS, rawLog, now });
  faultHooks(app, faults, endpointOf);
  app.setErrorHandler((error, request, reply) => {
    if (isBodyTooLarge(error)) return sendAnswer(reply, tooLarge(), {});
    request.log.error({ err: error }, 'a Mixpanel request failed');
    const body = { code: 500, error: 'internal error', status: 'Internal Server Error' };
    return sendAnswer(reply, { status: 500, body }, {});
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
        handler: (request, reply) => sendAnswer(reply, answer(request, endpoint, options.store), queryOf(request)),
      });
    }
  }
}

function endpointOf(request: FastifyRequest): Endpoint {
  const name = request.routeOptions.url?.split('/')[1];
  return ENDPOINTS.find((endpoint) => endpoint === name) ?? 'track';
}

function queryOf({ query }: FastifyRequest): JsonObject {
  return isJsonObject(query) ? query : {};
}

function answer(request: FastifyRequest, endpoint: Endpoint, store: Store): Answer {
  const query = queryOf(request);
  const { inflated } = request;
  if (endpoint === 'import' && !isAuthorized(request.headers.authorization, query)) return unauthorized();
  if (!inflated.ok) {
    if (inflated.reason === 'too-large') return tooLarge();
    if (inflated.reason === 'unsupported') return badRequest('the Content-Encoding must be gzip or none');
    return badRequest('the body does not match its Content-Encoding');
  }
  const { data } = query;
  const fromQuery = typeof data === 'string';
  const bytes = fromQuery ? data.length : inflated.body.length;
  const decoded = fromQuery ? decodeData(data) : decodeBody(inflated.body, request.headers['content-type']);
  if (decoded.ok && decoded.records.length > LIMITS.recordsPerRequest) {
    return tooLarge(`${LIMITS.recordsPerRequest} events`);
  }
  if (endpoint === 'import') return importRecords(request, query, decoded, bytes, fromQuery, store);
  return collectRecords(request, query, endpoint, decoded, bytes, store);
}

function importRecords(
  request: FastifyRequest,
  query: JsonObject,
  decoded: DecodedBody,
  bytes: number,
  fromQuery: boolean,
  store: Store,
): Answer {
  // Old clients send `data` in a form or the query, without an insert id, and expect `1` back.
  const legacy = fromQuery || request.headers['content-type']?.includes('x-www-form-urlencoded') === true;
  if (!decoded.ok) return legacy ? flagAnswer(decoded.message, isOn(query['verbose'])) : badRequest(decoded.message);
  const strict = legacy ? query['strict'] === '1' : query['strict'] !== '0';
  const { receivedAt: now, ip, fault } = request;
  const outcome = ingestEvents(store, decoded.records, bytes, { endpoint: 'import', strict, now, ip }, fault);
  if (legacy && !strict) return plainAnswer(outcome, isOn(query['verbose']));
  return importAnswer(strict ? outcome : { ...outcome, failed: [] });
}

function collectRecords(
  request: FastifyRequest,
  query: JsonObject,
  endpoint: Exclude<Endpoint, 'import'>,
  decoded: DecodedBody,
  bytes: number,
  store: Store,
): Answer {
  const { receivedAt: now, fault } = request;
  const verbose = isOn(query['verbose']);
  if (!decoded.ok) return flagAnswer(decoded.message, verbose);
  if (endpoint === 'track') {
    const context = { endpoint, strict: false, now, ip: request.ip };
    return plainAnswer(ingestEvents(store, decoded.records, bytes, context, fault), verbose);
  }
  const outcome = ingestProfiles(store, decoded.records, bytes, endpoint, now, fault);
  return isOn(query['strict']) ? profileAnswer(outcome) : plainAnswer(outcome, verbose);
}

function isOn(flag: unknown): boolean {
  return flag === '1';
}

function isBodyTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}
