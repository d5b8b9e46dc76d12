import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RawLog } from '../store/raw-log.ts';
import { type Inflated, inflate } from './inflate.ts';

/** Bodies of any content type arrive as bytes: clients name JSON, forms and envelopes in many ways, or not at all. */
export function takeBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** Inflates a request's body and notes the bytes in the raw log, when there is one. */
export async function readBody(
  request: FastifyRequest,
  maxBytes: number,
  rawLog: RawLog | undefined,
  receivedAt: number,
): Promise<Inflated> {
  const sent = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const inflated = await inflate(sent, request.headers['content-encoding'], maxBytes);
  rawLog?.add({
    receivedAt,
    method: request.method,
    url: request.url,
    headers: request.headers,
    // What cannot be inflated is kept as it came: it is evidence all the same.
    body: inflated.ok ? inflated.body : sent,
  });
  return inflated;
}
