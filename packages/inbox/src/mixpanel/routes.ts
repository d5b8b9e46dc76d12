import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Fault, isRefusedOnDemand } from '../faults/faults.ts';
import { answerPreflight, type Encodings, type Ingestion, openIngestion } from '../http/ingestion.ts';
import { isJsonObject, type JsonObject, type NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import {
  type Answer,
  type FailedRecord,
  flagAnswer,
  gzipRefused,
  importAnswer,
  type Outcome,
  plainAnswer,
  profileAnswer,
  refusal,
  sendAnswer,
  tooLarge,
} from './answers.ts';
import { type DecodedBody, decodeData, readBody } from './decode-body.ts';
import { type EventContext, judgeEvent } from './event-rules.ts';
import { invalidField, isOversized, LIMITS, type Verdict } from './limits.ts';
import { senderOf } from './placement.ts';
import { judgeProfile, type ProfileContext } from './profile-rules.ts';

type Endpoint = 'track' | 'import' | 'engage' | 'groups';

const ENDPOINTS: readonly Endpoint[] = ['track', 'import', 'engage', 'groups'];

/** gzip is the only one that is documented. */
const ENCODINGS: Encodings = { taken: ['gzip'], others: 'refused' };

/** `/track`, `/import`, `/engage` and `/groups`, each with and without a trailing slash. */
export function mixpanelRoutes(app: FastifyInstance, ingestion: Ingestion): void {
  openIngestion(app, ingestion, {
    ...{ name: 'Mixpanel', maxBytes: LIMITS.requestBytes, encodings: ENCODINGS, endpointOf },
    refuse: (reply, status, message) => sendAnswer(reply, status === 413 ? tooLarge() : refusal(status, message), {}),
  });
  for (const endpoint of ENDPOINTS) {
    for (const url of [`/${endpoint}`, `/${endpoint}/`]) {
      answerPreflight(app, url);
      app.route({
        method: ['GET', 'POST'],
        url,
        bodyLimit: LIMITS.requestBytes,
        handler: (request, reply) => {
          const call = callOf(request, endpoint, ingestion.store);
          return sendAnswer(reply, answer(call), call.parameters);
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

/** One request with what it says about itself. */
interface Call {
  readonly request: FastifyRequest;
  readonly endpoint: Endpoint;
  readonly decoded: DecodedBody;
  /** The weight of the records. */
  readonly bytes: number;
  /** Old clients send `data` in a form or the query, without an insert id, and expect `1` back. */
  readonly isLegacy: boolean;
  readonly parameters: JsonObject;
  readonly store: Store;
}

function callOf(request: FastifyRequest, endpoint: Endpoint, store: Store): Call {
  const { inflated, headers } = request;
  const contentType = headers['content-type'];
  const query = queryOf(request);
  const { data } = query;
  const common = { request, endpoint, store };
  if (typeof data === 'string') {
    return { ...common, decoded: decodeData(data), bytes: data.length, isLegacy: true, parameters: query };
  }
  const sent = inflated.ok ? inflated.body : Buffer.alloc(0);
  const { decoded, parameters } = readBody(sent, contentType);
  const isLegacy = contentType?.includes('x-www-form-urlencoded') === true;
  // What the query says wins over the form.
  return { ...common, decoded, bytes: sent.length, isLegacy, parameters: { ...parameters, ...query } };
}

function answer(call: Call): Answer {
  const { request, endpoint, decoded, parameters, store } = call;
  const { inflated, receivedAt } = request;
  if (endpoint === 'import' && !isAuthorized(request.headers.authorization, parameters)) {
    return refusal(401, 'Invalid credentials');
  }
  if (endpoint === 'engage' && isGzipped(request)) {
    const failure = { field: 'Content-Encoding', message: 'gzip is not supported on /engage: send the body as it is' };
    store.add([{ kind: 'rejected', receivedAt, endpoint, ...failure, record: null }], 0);
    return gzipRefused(isOn(parameters['strict']));
  }
  if (!inflated.ok) {
    if (inflated.reason === 'too-large') return tooLarge();
    const isUnsupported = inflated.reason === 'unsupported';
    const message = isUnsupported
      ? 'the Content-Encoding must be gzip or none'
      : 'the body does not match its Content-Encoding';
    return refusal(400, message);
  }
  if (decoded.ok && decoded.records.length > LIMITS.recordsPerRequest) {
    return tooLarge(`${LIMITS.recordsPerRequest} events`);
  }
  return endpoint === 'import' ? importRecords(call) : collectRecords(call, endpoint);
}

function importRecords({ request, decoded, bytes, isLegacy, parameters, store }: Call): Answer {
  const verbose = isOn(parameters['verbose']);
  if (!decoded.ok) return isLegacy ? flagAnswer(decoded.message, verbose) : refusal(400, decoded.message);
  if (decoded.records.length === 0 && !isLegacy) return refusal(400, 'no data: the request holds no events');
  const strict = isLegacy ? isOn(parameters['strict']) : parameters['strict'] !== '0';
  const { receivedAt: now, fault } = request;
  const sender = senderOf(request, parameters);
  const context = { endpoint: 'import', strict, now, sender, idMerge: store.idMerge } as const;
  const outcome = ingestEvents({ store, candidates: decoded.records, bytes, fault, context });
  if (isLegacy && !strict) return plainAnswer(outcome, verbose);
  return importAnswer(strict ? outcome : { ...outcome, failed: [] });
}

function collectRecords(call: Call, endpoint: Exclude<Endpoint, 'import'>): Answer {
  const { request, decoded, bytes, parameters, store } = call;
  const { receivedAt: now, fault } = request;
  const verbose = isOn(parameters['verbose']);
  if (!decoded.ok) return flagAnswer(decoded.message, verbose);
  const sender = senderOf(request, parameters);
  if (endpoint === 'track') {
    const context = { endpoint, strict: false, now, sender, idMerge: store.idMerge };
    return plainAnswer(ingestEvents({ store, candidates: decoded.records, bytes, fault, context }), verbose);
  }
  const context = { endpoint, now, sender, gzip: isGzipped(request) };
  const outcome = ingestProfiles({ store, candidates: decoded.records, bytes, fault, context });
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

/** The records of one request, which weighed `bytes`. */
interface Batch<Context> {
  readonly store: Store;
  readonly candidates: readonly unknown[];
  readonly bytes: number;
  readonly fault: Fault | null;
  readonly context: Context;
}

/** Judges and stores the events of one request. */
function ingestEvents(batch: Batch<EventContext>): Outcome {
  return ingest(batch, judgeEvent, insertIdOf);
}

/** Judges and stores the profile updates of one request. */
function ingestProfiles(batch: Batch<ProfileContext>): Outcome {
  return ingest(batch, judgeProfile, profileIdOf);
}

function ingest<Context extends { readonly endpoint: string; readonly now: number }>(
  { store, candidates, bytes, fault, context }: Batch<Context>,
  judge: (candidate: unknown, context: Context) => Verdict,
  idOf: (candidate: unknown) => string,
): Outcome {
  const records: NewRecord[] = [];
  const failed: FailedRecord[] = [];
  let stored = 0;
  let dropped = 0;
  const mayHoldOversized = bytes > LIMITS.recordBytes;
  for (const [index, candidate] of candidates.entries()) {
    const verdict = isRefusedOnDemand(fault, index)
      ? ON_DEMAND
      : mayHoldOversized && isOversized(candidate)
        ? OVERSIZED
        : judge(candidate, context);
    if (verdict.verdict === 'keep') {
      records.push(verdict.record);
      stored += 1;
      continue;
    }
    if (verdict.verdict === 'drop') dropped += 1;
    else failed.push({ index, id: idOf(candidate), ...verdict.failure });
    const record = verdict === OVERSIZED ? null : candidate;
    records.push({ kind: 'rejected', receivedAt: context.now, endpoint: context.endpoint, ...verdict.failure, record });
  }
  store.add(records, bytes);
  return { stored, dropped, failed };
}

const OVERSIZED: Verdict = {
  verdict: 'refuse',
  failure: invalidField('data', `must be smaller than ${LIMITS.recordBytes} bytes`),
};

const ON_DEMAND: Verdict = { verdict: 'refuse', failure: invalidField('data', 'refused on demand') };

function insertIdOf(candidate: unknown): string {
  const properties = isJsonObject(candidate) ? candidate['properties'] : undefined;
  const insertId = isJsonObject(properties) ? properties['$insert_id'] : undefined;
  return typeof insertId === 'string' ? insertId : '';
}

function profileIdOf(candidate: unknown): string {
  const id = isJsonObject(candidate) ? (candidate['$distinct_id'] ?? candidate['$group_id']) : undefined;
  return typeof id === 'string' ? id : '';
}
