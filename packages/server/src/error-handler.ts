import { type Errors, suppressedLine, toReportable } from '@qr/telemetry/internal';
import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOfError, reasonOf } from './answer-of-error.ts';
import { type ProblemText, problemBody, problemText } from './pages/problem.ts';
import { isClientGone, requestState } from './requests/request-hook.ts';

/** Which errors are shown to people. */
export interface ErrorPages {
  /** Whether people open this path in a browser. Its errors are a page there, and JSON for clients that ask for JSON. */
  readonly covers: (path: string) => boolean;
  /** Returns what the page says of a status. @default general words, which are also used where it returns `undefined` */
  readonly textOf?: (statusCode: number) => ProblemText | undefined;
  /** Called before an error under such a path is answered. */
  readonly onFailure?: (request: FastifyRequest, statusCode: number, path: string) => void;
}

/** Prepares the answer to a failed request and returns its body. */
export type AnswerFailure = (
  request: FastifyRequest,
  reply: FastifyReply,
  statusCode: number,
  body: ErrorBody,
) => string | ErrorBody;

const GENERIC_MESSAGE = 'Something went wrong on our side. If it happens again, quote the error id.';

/**
 * Makes the one error handler: 4xx keep their status and say which field is wrong; 5xx say nothing internal and carry the id under which the error is
 * reported. Outside of production a 5xx repeats a message that was written for clients.
 */
export function createErrorHandler(
  { requests }: Errors,
  isProduction: boolean,
  answer: AnswerFailure = createFailureAnswer(undefined),
) {
  return async function errorHandler(
    error: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string | ErrorBody> {
    const { statusCode, message, field } = answerOfError(error, reply);
    // What was to be answered, such as a picture or what a service has sent, may have said already of which kind and how long it is.
    reply.code(statusCode).removeHeader('content-length').removeHeader('content-encoding');
    const reason = reasonOf(statusCode);
    if (statusCode < 500) {
      request.log.info({ err: error }, 'request refused');
      const body = { error: reason, message: message ?? reason, ...(field !== undefined && { field }) };
      return answer(request, reply, statusCode, body);
    }
    const state = requestState(request);
    if (isClientGone(reply, error)) {
      request.log.info({ reason: messageOf(error) }, 'the client went away');
      return { error: reason, message: GENERIC_MESSAGE };
    }
    const errorId = requests.errorIdOf(state);
    const verdict = requests.verdictOf(state, error, errorId);
    // At `info`, and without the stack, which is that of all its fingerprint: lines from `warn` on go to Sentry as well.
    if (verdict?.isSuppressed) {
      request.log.info({ ...suppressedLine(verdict, errorId), reason: messageOf(error) }, 'request failed');
    } else requests.run(state, () => request.log.error({ err: error, errorId }, 'request failed'));
    const body = { error: reason, message: isProduction ? GENERIC_MESSAGE : (message ?? GENERIC_MESSAGE), errorId };
    return answer(request, reply, statusCode, body);
  };
}

/** Returns the function that answers failed requests: as JSON, or as a page where `errorPages` says so. */
export function createFailureAnswer(errorPages: ErrorPages | undefined): AnswerFailure {
  return (request, reply, statusCode, body) => {
    const path = errorPages && pathOf(request.url);
    if (path === undefined || !errorPages?.covers(path)) {
      reply.code(statusCode).type('application/json; charset=utf-8');
      return body;
    }
    errorPages.onFailure?.(request, statusCode, path);
    const text = errorPages.textOf?.(statusCode) ?? problemText(statusCode);
    return problemBody(request, reply, { statusCode, ...text, errorId: body.errorId }, body);
  };
}

function messageOf(error: unknown): string {
  const readable = toReportable(error);
  return readable instanceof Error ? readable.message : String(readable);
}

/** The path as the router reads it, `/%6frders/1` as `/orders/1`. */
function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
