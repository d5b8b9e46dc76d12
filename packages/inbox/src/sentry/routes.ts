import type { FastifyInstance, FastifyReply } from 'fastify';
import { faultHooks } from '../faults/fault-hooks.ts';
import type { Faults } from '../faults/faults.ts';
import { vendorAnswer } from '../faults/vendor-answer.ts';
import { allowAnyOrigin, preflightHeaders } from '../http/cors.ts';
import type { Encodings } from '../http/inflate.ts';
import { takeBodiesAsBytes } from '../http/raw-body.ts';
import type { RawLog } from '../store/raw-log.ts';
import { isJsonObject, type NewRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { authProblem } from './auth.ts';
import { malformed, tooManyItems } from './composition.ts';
import { parseEnvelope } from './envelope.ts';
import { issueIdOf } from './grouping.ts';
import { unpackEnvelope } from './items.ts';
import { LIMITS } from './limits.ts';
import { limitEnvelope } from './rate-limit.ts';
import type { SourceMaps } from './source-maps.ts';

/** What the Sentry endpoint needs. */
export interface SentryOptions {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly faults: Faults;
  readonly now: () => number;
  /** Where stacks of a bundle find their sources. */
  readonly sourceMaps?: SourceMaps | undefined;
}

/** Relay reads what it does not know as identity, but it knows zstd, which Node 20 does not. */
const ENCODINGS: Encodings = { taken: ['gzip', 'x-gzip', 'deflate', 'br'], refused: ['zstd'] };

const BAD_BODY = {
  'too-large': { status: 413, detail: 'envelope exceeded size limits' },
  corrupt: { status: 400, detail: 'invalid event envelope', cause: 'failed to decompress the body' },
  unsupported: {
    status: 400,
    detail: 'invalid event envelope',
    cause: 'this stand-in cannot undo zstd: send gzip, deflate or br',
  },
} as const;

/** `POST /api/:project/envelope/`, with and without the trailing slash. */
export function sentryRoutes(app: FastifyInstance, { store, rawLog, faults, now, sourceMaps }: SentryOptions): void {
  allowAnyOrigin(app);
  takeBodiesAsBytes(app, { maxBytes: LIMITS.envelopeBytes, encodings: ENCODINGS, rawLog, now });
  faultHooks(app, faults, () => 'envelope');
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return refuse(reply, BAD_BODY['too-large']);
    }
    request.log.error({ err: error }, 'a Sentry request failed');
    return refuse(reply, { status: 500, detail: 'internal error' });
  });
  for (const path of ['/api/:project/envelope', '/api/:project/envelope/']) {
    app.options(path, (request, reply) =>
      reply.code(204).headers(preflightHeaders(request.headers['access-control-request-headers'])).send(),
    );
    app.post<{ Params: { project: string } }>(path, { bodyLimit: LIMITS.envelopeBytes }, async (request, reply) => {
      const { inflated, receivedAt, fault } = request;
      if (!inflated.ok) return refuse(reply, BAD_BODY[inflated.reason]);
      if (inflated.body.length === 0) return refuse(reply, { status: 400, detail: 'empty request body' });
      const parsed = parseEnvelope(inflated.body);
      if (!parsed.ok) return refuse(reply, parsed.isTooMany ? tooManyItems() : malformed(parsed.detail));
      const { project } = request.params;
      const problem = authProblem({
        header: headerText(request.headers['x-sentry-auth']),
        query: keyOf(request.query),
        dsn: parsed.envelope.headers['dsn'],
        project,
      });
      if (problem !== undefined) return refuse(reply, { status: 403, detail: problem });
      const { envelope, isLimited, headers } = limitEnvelope(parsed.envelope, fault);
      const unpacked = unpackEnvelope(envelope, project, receivedAt);
      if (!unpacked.ok) return refuse(reply, unpacked.refusal);
      const records = sourceMaps ? await withSources(unpacked.records, sourceMaps) : unpacked.records;
      store.add(records, inflated.body.length);
      reply.headers(headers);
      if (isLimited) return refuse(reply, { status: 429, detail: RATE_LIMITED });
      return reply.send(unpacked.eventId === undefined ? {} : { id: unpacked.eventId });
    });
  }
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

const RATE_LIMITED = String(vendorAnswer('envelope', 429).body['detail']);

function keyOf(query: unknown): { key: unknown; version: unknown } {
  return isJsonObject(query)
    ? { key: query['sentry_key'], version: query['sentry_version'] }
    : { key: undefined, version: undefined };
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function refuse(
  reply: FastifyReply,
  { status, detail, cause }: { status: number; detail: string; cause?: string },
): FastifyReply {
  // A header holds neither line breaks nor other than Latin-1 characters.
  reply.header('x-sentry-error', detail.replace(/[^\x20-\x7e]/g, '?'));
  return reply.code(status).send({ detail, causes: cause === undefined ? [] : [cause] });
}
