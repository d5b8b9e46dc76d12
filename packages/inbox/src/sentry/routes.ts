import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ownEntry } from '../collections.ts';
import { rateLimitHeaders, vendorAnswer } from '../faults/fault-hooks.ts';
import { type Fault, isRefusedOnDemand } from '../faults/faults.ts';
import { answerPreflight, type Encodings, type Ingestion, openIngestion } from '../http/ingestion.ts';
import { isJsonObject, type NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { LIMITS, malformed, tooManyItems } from './composition.ts';
import { type Envelope, type EnvelopeItem, type EnvelopeResult, parseEnvelope } from './envelope.ts';
import { issueIdOf } from './grouping.ts';
import { unpackEnvelope } from './items.ts';
import { checkInEnvelope, isReportType, minidumpEnvelope, reportEnvelope, storeEnvelope } from './other-bodies.ts';
import type { SourceMaps } from './source-maps.ts';

/** What the Sentry endpoints need. */
interface SentryOptions extends Ingestion {
  /** Where stacks of a bundle find their sources. */
  readonly sourceMaps?: SourceMaps | undefined;
}

/** Relay reads what it does not know as identity. */
const ENCODINGS: Encodings = { taken: ['gzip', 'x-gzip', 'deflate', 'br', 'zstd'], others: 'as sent' };

const BAD_BODY = {
  'too-large': { status: 413, detail: 'envelope exceeded size limits' },
  corrupt: { status: 400, detail: 'invalid event envelope', cause: 'failed to decompress the body' },
  unsupported: {
    status: 400,
    detail: 'invalid event envelope',
    cause: 'this version of Node cannot undo zstd: use Node 22.15 or later, or send gzip, deflate or br',
  },
} as const;

const EMPTY_BODY = { status: 400, detail: 'empty request body' } as const;

/** A GIF of one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** How one endpoint reads a body and answers. */
interface Endpoint {
  readonly method: 'POST' | 'GET';
  /** With a trailing slash. */
  readonly path: string;
  read(request: ProjectRequest, body: Buffer): EnvelopeResult | Promise<EnvelopeResult>;
  answer(reply: FastifyReply, eventId: string | undefined): unknown;
}

const answerId = (reply: FastifyReply, eventId: string | undefined): unknown =>
  reply.send(eventId === undefined ? {} : { id: eventId });
const answerNothing = (reply: FastifyReply): unknown => reply.code(200).send();

const ENDPOINTS: readonly Endpoint[] = [
  { method: 'POST', path: '/envelope/', read: (_request, body) => parseEnvelope(body), answer: answerId },
  {
    method: 'POST',
    path: '/store/',
    read: ({ headers }, body) => storeEnvelope(body, headers['content-type']),
    answer: answerId,
  },
  {
    method: 'GET',
    path: '/store/',
    read: ({ query }) => storeEnvelope(Buffer.from(textOf(query, 'sentry_data')), undefined),
    answer: (reply) => reply.type('image/gif').send(PIXEL),
  },
  ...['/security/', '/csp-report/', '/nel/'].map(
    (path): Endpoint => ({
      method: 'POST',
      path,
      read: ({ query }, body) =>
        reportEnvelope(body, textOf(query, 'sentry_release'), textOf(query, 'sentry_environment')),
      answer: answerNothing,
    }),
  ),
  {
    method: 'POST',
    path: '/minidump/',
    read: ({ headers }, body) => minidumpEnvelope(body, headers['content-type']),
    // Crash reporters expect the id with hyphens and nothing else.
    answer: (reply, eventId = '') =>
      reply.type('text/plain').send(eventId.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')),
  },
  ...(['POST', 'GET'] as const).flatMap((method) =>
    ['/cron/:slug/', '/cron/:slug/:key/'].map(
      (path): Endpoint => ({
        method,
        path,
        read: ({ params, query }, body) => checkInEnvelope(params, query, body),
        answer: (reply) => reply.code(202).send(),
      }),
    ),
  ),
];

/** Every endpoint under `/api/:project/`, with and without the trailing slash. */
export function sentryRoutes(app: FastifyInstance, options: SentryOptions): void {
  openIngestion(app, options, {
    ...{ name: 'Sentry', maxBytes: LIMITS.envelopeBytes, encodings: ENCODINGS },
    endpointOf: () => 'envelope',
    refuse: (reply, status, detail) => refuse(reply, status === 413 ? BAD_BODY['too-large'] : { status, detail }),
  });
  const take = createIntake(options.store, options.sourceMaps);
  for (const path of new Set(ENDPOINTS.map((each) => each.path))) {
    for (const url of urlsOf(path)) answerPreflight(app, url);
  }
  for (const endpoint of ENDPOINTS) {
    for (const url of urlsOf(endpoint.path)) {
      app.route<{ Params: { project: string; key?: string } }>({
        method: endpoint.method,
        url,
        bodyLimit: LIMITS.envelopeBytes,
        handler: (request, reply) => handle(endpoint, request, reply, take),
      });
    }
  }
}

function urlsOf(path: string): readonly string[] {
  return [`/api/:project${path}`, `/api/:project${path.slice(0, -1)}`];
}

async function handle(
  endpoint: Endpoint,
  request: ProjectRequest,
  reply: FastifyReply,
  take: TakeEnvelope,
): Promise<unknown> {
  const { inflated, headers } = request;
  if (!inflated.ok) return refuse(reply, BAD_BODY[inflated.reason]);
  if (endpoint.answer === answerNothing && !isReportType(headers['content-type'])) return reply.code(415).send();
  const mayBeEmpty = endpoint.method === 'GET' || endpoint.path.startsWith('/cron/');
  if (inflated.body.length === 0 && !mayBeEmpty) return refuse(reply, EMPTY_BODY);
  const read = await endpoint.read(request, inflated.body);
  if (!read.ok) return refuse(reply, read.isTooMany ? tooManyItems() : malformed(read.detail));
  return take(request, reply, read.envelope, (eventId) => endpoint.answer(reply, eventId));
}

function textOf(query: FastifyRequest['query'], name: string): string {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}

/** A request of a project; `key` where the path has one. */
type ProjectRequest = FastifyRequest<{ Params: { project: string; key?: string } }>;

/**
 * Checks the key of a request, stores what its envelope holds, and answers. `answer` is called with the id of the event when
 * everything was taken.
 */
type TakeEnvelope = (
  request: ProjectRequest,
  reply: FastifyReply,
  envelope: Envelope,
  answer: (eventId: string | undefined) => unknown,
) => Promise<unknown>;

const RATE_LIMITED = String(vendorAnswer('envelope', 429).body['detail']);

/** @param sourceMaps - where stacks of a bundle find their sources */
function createIntake(store: Store, sourceMaps: SourceMaps | undefined): TakeEnvelope {
  return async (request, reply, sent, answer) => {
    const { params, headers, query, receivedAt, fault, inflated } = request;
    const { project, key: pathKey } = params;
    const problem = authProblem({ headers, query, pathKey, dsn: sent.headers['dsn'], project });
    if (problem !== undefined) return refuse(reply, { status: 403, detail: problem });
    // What a rate limit or a partial failure names is taken out, and the rest kept, as Relay does.
    const items = sent.items.filter((item, index) => !isTakenOut(fault, item, index));
    const unpacked = unpackEnvelope({ ...sent, items }, project, receivedAt);
    if (!unpacked.ok) return refuse(reply, unpacked.refusal);
    const records = sourceMaps ? await withSources(unpacked.records, sourceMaps) : unpacked.records;
    store.add(records, inflated.ok ? inflated.body.length : 0);
    if (fault?.kind === 'rate-limit') reply.headers(rateLimitHeaders('envelope', fault));
    const isLimited = items.length < sent.items.length;
    return isLimited ? refuse(reply, { status: 429, detail: RATE_LIMITED }) : answer(unpacked.eventId);
  };
}

/** Grouped again, as the places of a bundle change with each build. */
function withSources(records: readonly NewRecord[], sourceMaps: SourceMaps): Promise<NewRecord[]> {
  return Promise.all(
    records.map(async (record) => {
      if (record.kind !== 'error') return record;
      const event = await sourceMaps.resolve(record.event);
      return { ...record, event, issueId: issueIdOf(event) };
    }),
  );
}

/** Answers in the vendor's form: a detail, its causes, and the header that SDKs log. */
function refuse(
  reply: FastifyReply,
  { status, detail, cause }: { readonly status: number; readonly detail: string; readonly cause?: string },
): FastifyReply {
  // A header holds neither line breaks nor other than Latin-1 characters.
  reply.header('x-sentry-error', detail.replace(/[^\x20-\x7e]/g, '?'));
  return reply.code(status).send({ detail, causes: cause === undefined ? [] : [cause] });
}

function isTakenOut(fault: Fault | null, item: EnvelopeItem, index: number): boolean {
  if (fault?.kind === 'rate-limit') return fault.categories?.includes(categoryOf(item)) === true;
  return isRefusedOnDemand(fault, index);
}

/** Of types whose category is not called like them. */
const CATEGORIES: Readonly<Record<string, string>> = {
  ...{ event: 'error', raw_security: 'security', log: 'log_item', sessions: 'session', client_report: 'internal' },
  ...{ check_in: 'monitor', user_report: 'feedback', replay_event: 'replay', replay_recording: 'replay' },
  replay_video: 'replay',
};
const OWN_CATEGORIES: ReadonlySet<string> = new Set([
  ...['transaction', 'span', 'trace_metric', 'session', 'feedback', 'profile', 'profile_chunk', 'attachment'],
]);

/**
 * The category that a rate limit names an item by. A client report has one of its own, so that no limit takes it.
 * @see https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
function categoryOf({ type }: EnvelopeItem): string {
  return OWN_CATEGORIES.has(type) ? type : (ownEntry(CATEGORIES, type) ?? 'default');
}

/** Where a request may carry its public key. */
interface AuthSources {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  /** Part of the path, as in `/cron/:slug/:key/`. */
  readonly pathKey?: string | undefined;
  /** The `dsn` of the envelope header, which SDKs add when they go through a tunnel. */
  readonly dsn?: unknown;
  readonly project: string;
}

interface Credentials {
  readonly key: string;
  /** Absent: the current one. */
  readonly version?: string | undefined;
}

const PUBLIC_KEY = /^\w+$/;
const NEWEST_PROTOCOL = 7;

/**
 * Returns why a request is refused, or undefined when it is let in. Any well-formed key is good, but all given must
 * agree. A version is optional; old SDKs send 2 to 6.
 */
function authProblem({ headers, query, pathKey, dsn, project }: AuthSources): string | undefined {
  const given: Credentials[] = [
    ...ofHeader(headerText(headers['x-sentry-auth'])),
    ...ofHeader(headers.authorization),
    ...ofBasic(headers.authorization),
    ...ofQuery(query),
  ];
  if (pathKey !== undefined) given.push({ key: pathKey });
  if (dsn !== undefined && dsn !== null) {
    const parsed = parseDsn(dsn);
    if (parsed === undefined) return 'bad dsn in envelope header: expected protocol://key@host/project';
    if (parsed.project !== project) return 'the dsn in the envelope header belongs to another project';
    given.push({ key: parsed.key });
  }
  const [first] = given;
  if (first === undefined) return 'missing authorization information';
  if (given.some(({ key }) => !PUBLIC_KEY.test(key))) return 'bad sentry DSN public key';
  const unsupported = given.find(({ version }) => version !== undefined && !isSupported(version));
  if (unsupported !== undefined) return `unsupported protocol version (${unsupported.version?.slice(0, 20)})`;
  return given.every(({ key }) => key === first.key) ? undefined : 'the public keys of the request do not agree';
}

/** `Sentry sentry_version=7, sentry_key=...`, in `X-Sentry-Auth` or in `Authorization`. */
function ofHeader(header: string | undefined): Credentials[] {
  if (header === undefined || !/^sentry\s/i.test(header)) return [];
  const keys = parameters(header, 'sentry_key');
  const versions = parameters(header, 'sentry_version');
  // An empty key is refused.
  if (keys.length === 0) keys.push('');
  return keys.map((key, index) => ({ key, version: versions[index] ?? versions[0] }));
}

/** `Basic`, with the key as user name. */
function ofBasic(header: string | undefined): Credentials[] {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return [];
  const [key = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1);
  return [{ key }];
}

function ofQuery(query: unknown): Credentials[] {
  if (!isJsonObject(query) || query['sentry_key'] === undefined) return [];
  const { sentry_key: key, sentry_version: version } = query;
  if (typeof key !== 'string') return [{ key: '' }];
  return [{ key, version: version === undefined ? undefined : String(version) }];
}

function isSupported(version: string): boolean {
  return /^\d{1,4}(\.0)?$/.test(version) && Number(version) <= NEWEST_PROTOCOL;
}

function parameters(header: string, name: string): string[] {
  const found = [...header.matchAll(/(?:^|[\s,])(\w+)\s*=\s*([^,\s]*)/g)].filter((match) => match[1] === name);
  return found.map((match) => match[2] ?? '');
}

/** Node joins repeated headers by a comma. */
function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function parseDsn(dsn: unknown): { readonly key: string; readonly project: string } | undefined {
  if (typeof dsn !== 'string' || !URL.canParse(dsn)) return undefined;
  const { username, pathname } = new URL(dsn);
  const project = pathname.split('/').at(-1) ?? '';
  return username === '' || project === '' ? undefined : { key: username, project };
}
