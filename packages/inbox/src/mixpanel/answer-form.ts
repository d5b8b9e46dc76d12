import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../store/records.ts';
import type { Answer } from './responses.ts';

/** A GIF of one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** A dotted name and nothing else: the answer is a script, and the name comes from a URL. */
const CALLBACK = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/;

/** Sends an answer in the form that the query asks for: an image, a call of a function, or as it is. */
export function sendAnswer(reply: FastifyReply, { status, body }: Answer, query: JsonObject): FastifyReply {
  reply.code(status);
  const { img, callback } = query;
  if (status === 200 && img === '1') return reply.type('image/gif').send(PIXEL);
  if (status === 200 && typeof callback === 'string' && CALLBACK.test(callback)) {
    const argument = typeof body === 'string' ? body : JSON.stringify(body);
    return reply
      .type('text/javascript; charset=utf-8')
      .header('x-content-type-options', 'nosniff')
      .send(`${callback}(${argument});`);
  }
  if (typeof body === 'string') reply.type('text/plain; charset=utf-8');
  return reply.send(body);
}
