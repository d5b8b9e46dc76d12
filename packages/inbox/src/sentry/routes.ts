import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Encodings } from '../http/bodies.ts';
import { answerPreflight, type Ingestion, openIngestion } from '../http/ingestion.ts';
import { LIMITS, malformed, tooManyItems } from './composition.ts';
import { type EnvelopeResult, parseEnvelope } from './envelope.ts';
import { createIntake, type ProjectRequest, refuse, type TakeEnvelope } from './intake.ts';
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
