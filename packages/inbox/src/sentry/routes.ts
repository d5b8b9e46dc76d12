import type { FastifyInstance, FastifyReply } from 'fastify';
import { allowAnyOrigin, preflightHeaders } from '../http/cors.ts';
import { readBody, takeBodiesAsBytes } from '../http/raw-body.ts';
import type { RawLog } from '../store/raw-log.ts';
import { isJsonObject } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { authProblem } from './auth.ts';
import { parseEnvelope } from './envelope.ts';
import { unpackEnvelope } from './items.ts';

/** What the Sentry endpoint needs. */
export interface SentryOptions {
  readonly store: Store;
  readonly rawLog: RawLog | undefined;
  readonly now: () => number;
}

/** An envelope, decompressed. @see https://develop.sentry.dev/sdk/data-model/envelopes/#size-limits */
const MAX_ENVELOPE_BYTES = 200 * 1024 * 1024;

/** `POST /api/:project/envelope/`, with and without the trailing slash. */
export function sentryRoutes(app: FastifyInstance, { store, rawLog, now }: SentryOptions): void {
  takeBodiesAsBytes(app);
  allowAnyOrigin(app);
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return refuse(reply, 413, 'envelope exceeded size limits');
    }
    request.log.error({ err: error }, 'a Sentry request failed');
    return refuse(reply, 500, 'internal error');
  });
  for (const path of ['/api/:project/envelope', '/api/:project/envelope/']) {
    app.options(path, (request, reply) =>
      reply.code(204).headers(preflightHeaders(request.headers['access-control-request-headers'])).send(),
    );
    app.post<{ Params: { project: string } }>(path, { bodyLimit: MAX_ENVELOPE_BYTES }, async (request, reply) => {
      const receivedAt = now();
      const inflated = await readBody(request, MAX_ENVELOPE_BYTES, rawLog, receivedAt);
      if (!inflated.ok) {
        return inflated.reason === 'too-large'
          ? refuse(reply, 413, 'envelope exceeded size limits')
          : refuse(reply, 400, 'failed to decompress the request body');
      }
      const parsed = parseEnvelope(inflated.body);
      if (!parsed.ok) return refuse(reply, 400, parsed.detail);
      const { project } = request.params;
      const problem = authProblem({
        header: headerText(request.headers['x-sentry-auth']),
        query: isJsonObject(request.query) ? request.query['sentry_key'] : undefined,
        dsn: parsed.envelope.headers['dsn'],
        project,
      });
      if (problem !== undefined) return refuse(reply, 403, problem);
      const unpacked = unpackEnvelope(parsed.envelope, project, receivedAt);
      if (!unpacked.ok) return refuse(reply, unpacked.status, unpacked.detail);
      store.add(unpacked.records, inflated.body.length);
      return reply.send(unpacked.eventId === undefined ? {} : { id: unpacked.eventId });
    });
  }
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  // A header holds neither line breaks nor other than Latin-1 characters.
  reply.header('x-sentry-error', detail.replace(/[^\x20-\x7e]/g, '?'));
  return reply.code(status).send({ detail, causes: [] });
}
