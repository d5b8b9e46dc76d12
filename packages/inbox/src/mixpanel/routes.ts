import type { FastifyInstance, FastifyRequest } from 'fastify';
import { faultHooks } from '../faults/fault-hooks.ts';
import type { Faults } from '../faults/faults.ts';
import { allowAnyOrigin, clientErrorOf, preflightHeaders } from '../http/access.ts';
import { type Encodings, takeBodiesAsBytes } from '../http/bodies.ts';
import type { RawLog } from '../store/raw-log.ts';
import { isJsonObject, type JsonObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  type Answer,
  badRequest,
  flagAnswer,
  gzipRefused,
  importAnswer,
  plainAnswer,
  profileAnswer,
  refusal,
  sendAnswer,
  tooLarge,
  unauthorized,
} from './answers.ts';
import { type DecodedBody, decodeData, type ReadBody, readBody } from './decode-body.ts';
import { ingestEvents, ingestProfiles } from './ingest.ts';
import { LIMITS } from './limits.ts';
import { senderOf } from './placement.ts';

/** What the Mixpanel endpoints need. */
interface MixpanelOptions {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly faults: Faults;
  readonly now: () => number;
}

type Endpoint = 'track' | 'import' | 'engage' | 'groups';

const ENDPOINTS: readonly Endpoint[] = ['track', 'import', 'engage', 'groups'];

/** gzip is the only one that is documented. */
const ENCODINGS: Encodings = { taken: ['gzip'], others: 'refused' };

/** `/track`, `/import`, `/engage` and `/groups`, each with and without a trailing slash. */
export function mixpanelRoutes(app: FastifyInstance, options: MixpanelOptions): void {
  const { rawLog, faults, now } = options;
  allowAnyOrigin(app);
  takeBodiesAsBytes(app, { maxBytes: LIMITS.requestBytes, encodings: ENCODINGS, rawLog, now });
  faultHooks(app, faults, endpointOf);
  app.setErrorHandler((error, request, reply) => {
    const clientError = clientErrorOf(error);
    if (clientError?.status === 413) return sendAnswer(reply, tooLarge(), {});
    if (clientError !== undefined) return sendAnswer(reply, refusal(clientError), {});
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
        handler: (request, reply) => {
          const body = bodyOf(request);
          // What the query says wins over the form.
          const parameters = { ...body.parameters, ...queryOf(request) };
          const given = answer(request, endpoint, body, parameters, options.store);
          return sendAnswer(reply, given, parameters);
        },
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

/** A body with what its weight is counted from. */
interface RequestBody extends ReadBody {
  readonly bytes: number;
  readonly fromQuery: boolean;
}

function bodyOf(request: FastifyRequest): RequestBody {
  const { inflated, headers } = request;
  const { data } = queryOf(request);
  if (typeof data === 'string') {
    return { decoded: decodeData(data), parameters: {}, bytes: data.length, fromQuery: true };
  }
  const body = inflated.ok ? inflated.body : Buffer.alloc(0);
  return { ...readBody(body, headers['content-type']), bytes: body.length, fromQuery: false };
}

function answer(
  request: FastifyRequest,
  endpoint: Endpoint,
  body: RequestBody,
  parameters: JsonObject,
  store: Store,
): Answer {
  const { inflated } = request;
  if (endpoint === 'import' && !isAuthorized(request.headers.authorization, parameters)) return unauthorized();
  if (endpoint === 'engage' && isGzipped(request)) {
    const answered = gzipRefused(isOn(parameters['strict']));
    const failure = { field: 'Content-Encoding', message: 'gzip is not supported on /engage: send the body as it is' };
    store.add([{ kind: 'rejected', receivedAt: request.receivedAt, endpoint, ...failure, record: null }], 0);
    return answered;
  }
  if (!inflated.ok) {
    if (inflated.reason === 'too-large') return tooLarge();
    if (inflated.reason === 'unsupported') return badRequest('the Content-Encoding must be gzip or none');
    return badRequest('the body does not match its Content-Encoding');
  }
  const { decoded } = body;
  if (decoded.ok && decoded.records.length > LIMITS.recordsPerRequest) {
    return tooLarge(`${LIMITS.recordsPerRequest} events`);
  }
  if (endpoint === 'import') return importRecords(request, body, parameters, store);
  return collectRecords(request, endpoint, decoded, body.bytes, parameters, store);
}

function importRecords(request: FastifyRequest, body: RequestBody, parameters: JsonObject, store: Store): Answer {
  const { decoded, bytes, fromQuery } = body;
  // Old clients send `data` in a form or the query, without an insert id, and expect `1` back.
  const legacy = fromQuery || request.headers['content-type']?.includes('x-www-form-urlencoded') === true;
  const verbose = isOn(parameters['verbose']);
  if (!decoded.ok) return legacy ? flagAnswer(decoded.message, verbose) : badRequest(decoded.message);
  if (decoded.records.length === 0 && !legacy) return badRequest('no data: the request holds no events');
  const strict = legacy ? parameters['strict'] === '1' : parameters['strict'] !== '0';
  const { receivedAt: now, fault } = request;
  const sender = senderOf(request, parameters);
  const context = { endpoint: 'import', strict, now, sender, idMerge: store.idMerge } as const;
  const outcome = ingestEvents(store, decoded.records, bytes, context, fault);
  if (legacy && !strict) return plainAnswer(outcome, verbose);
  return importAnswer(strict ? outcome : { ...outcome, failed: [] });
}

function collectRecords(
  request: FastifyRequest,
  endpoint: Exclude<Endpoint, 'import'>,
  decoded: DecodedBody,
  bytes: number,
  parameters: JsonObject,
  store: Store,
): Answer {
  const { receivedAt: now, fault } = request;
  const verbose = isOn(parameters['verbose']);
  if (!decoded.ok) return flagAnswer(decoded.message, verbose);
  const sender = senderOf(request, parameters);
  if (endpoint === 'track') {
    const context = { endpoint, strict: false, now, sender, idMerge: store.idMerge };
    return plainAnswer(ingestEvents(store, decoded.records, bytes, context, fault), verbose);
  }
  const context = { endpoint, now, sender, gzip: isGzipped(request) };
  const outcome = ingestProfiles(store, decoded.records, bytes, context, fault);
  return isOn(parameters['strict']) ? profileAnswer(outcome) : plainAnswer(outcome, verbose);
}

function isGzipped({ headers }: FastifyRequest): boolean {
  return /^(x-)?gzip$/i.test(headers['content-encoding']?.trim() ?? '');
}

function isOn(flag: unknown): boolean {
  return flag === '1';
}

/**
 * True when `/import` would look at the request at all: a project token as Basic user name, a service account with its
 * project, a bearer token, or the `api_key` of old clients. Any token and any account is good here.
 */
export function isAuthorized(authorization: string | undefined, query: JsonObject): boolean {
  if (authorization === undefined) return typeof query['api_key'] === 'string' && query['api_key'] !== '';
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() === 'bearer') return value !== '';
  if (scheme.toLowerCase() !== 'basic') return false;
  const [user = '', password = ''] = basicPair(value);
  const isServiceAccount = password !== '';
  return user !== '' && (!isServiceAccount || typeof query['project_id'] === 'string');
}

/** Service accounts may send `user:secret` in plain text instead of base64. */
function basicPair(value: string): readonly string[] {
  const text = value.includes(':') ? value : Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
