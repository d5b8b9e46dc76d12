import type { FastifyInstance } from 'fastify';
import type { RawLog } from '../store/raw-log.ts';
import { type Encodings, type Inflated, inflate } from './inflate.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body with its content encoding undone; there before any handler. */
    inflated: Inflated;
    /** By the clock of the inbox, milliseconds since the epoch. */
    receivedAt: number;
  }
}

/** How a scope takes bodies. */
export interface BodyOptions {
  readonly maxBytes: number;
  readonly encodings: Encodings;
  readonly rawLog: RawLog | undefined;
  readonly now: () => number;
}

const NO_BODY: Inflated = { ok: true, body: Buffer.alloc(0) };

/**
 * Bodies of any content type arrive as bytes: clients name JSON, forms and envelopes in many ways, or not at all. Each
 * is inflated and noted in the raw log, when there is one.
 */
export function takeBodiesAsBytes(app: FastifyInstance, { maxBytes, encodings, rawLog, now }: BodyOptions): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('inflated');
  app.decorateRequest('receivedAt', 0);
  app.addHook('preHandler', async (request) => {
    if (request.method === 'OPTIONS') return;
    request.receivedAt = now();
    const sent = Buffer.isBuffer(request.body) ? request.body : undefined;
    const { headers, method, url, receivedAt } = request;
    request.inflated =
      sent === undefined ? NO_BODY : await inflate(sent, headers['content-encoding'], maxBytes, encodings);
    // What cannot be inflated is kept as it came: it is evidence all the same.
    const body = request.inflated.ok ? request.inflated.body : (sent ?? Buffer.alloc(0));
    rawLog?.add({ receivedAt, method, url, headers, body });
  });
}
