import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../store/records.ts';
import { type Failure, LIMITS } from './limits.ts';

/** A status and a body, ready to send. */
export interface Answer<Body = string | JsonObject> {
  readonly status: number;
  readonly body: Body;
}

/** A record that failed, with its place in the request. */
export interface FailedRecord extends Failure {
  readonly index: number;
  readonly id: string;
}

/** What became of a request's records. */
export interface Outcome {
  readonly stored: number;
  /** Dropped without a word: they count as a success. */
  readonly dropped: number;
  readonly failed: readonly FailedRecord[];
}

/** `1` or `0`, or the same in words when `verbose=1` was asked for: success means that one record at least was good. */
export function plainAnswer(outcome: Outcome, verbose: boolean): Answer {
  const succeeded = outcome.stored + outcome.dropped > 0;
  return flagAnswer(succeeded ? undefined : (outcome.failed[0]?.message ?? 'no data'), verbose);
}

export function flagAnswer(error: string | undefined, verbose: boolean): Answer {
  const status = error === undefined ? 1 : 0;
  return { status: 200, body: verbose ? { status, error: error ?? null } : String(status) };
}

/** `/import`: the good records are stored even when others fail. */
export function importAnswer(outcome: Outcome): Answer {
  return strictAnswer('num_records_imported', 'insert_id', outcome);
}

/** `/engage?strict=1` and `/groups?strict=1`. */
export function profileAnswer(outcome: Outcome): Answer {
  return strictAnswer('num_good_events', '$distinct_id', outcome);
}

/** What is wrong with the request as a whole. */
export function refusal(status: number, error: string): Answer<JsonObject> {
  const words = status === 413 ? 'Request Entity Too Large' : (STATUS_CODES[status] ?? 'Bad Request');
  return { status, body: { code: status, error, status: words } };
}

/** `/engage` does not take gzip. */
export function gzipRefused(strict: boolean): Answer {
  const error = 'gzip is not supported';
  return strict ? refusal(400, error) : { status: 400, body: { error, status: 'error' } };
}

/** @param limit - what is exceeded, as `2000 events` */
export function tooLarge(limit = `${LIMITS.requestBytes} bytes`): Answer {
  return refusal(413, `request exceeds max limit of ${limit}`);
}

function strictAnswer(countKey: string, idKey: string, { stored, dropped, failed }: Outcome): Answer {
  const count = stored + dropped;
  if (failed.length === 0) return { status: 200, body: { code: 200, [countKey]: count, status: 'OK' } };
  const { body } = refusal(400, 'some data points in the request failed validation');
  const records = failed.map(({ index, id, field, message }) => ({ index, [idKey]: id, field, message }));
  return { status: 400, body: { ...body, [countKey]: count, failed_records: records } };
}

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
