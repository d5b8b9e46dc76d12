import { errors, suppressedLine, toReportable } from '@qr/telemetry/internal';
import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOfError, reasonOf } from './answer-of-error.ts';
import { type AnswerFailure, createFailureAnswer } from './failure-answer.ts';
import { isClientGone, requestState } from './requests/request-hook.ts';

const GENERIC_MESSAGE = 'Something went wrong on our side. If it happens again, quote the error id.';

/**
 * Makes the one error handler: 4xx keep their status and say which field is wrong; 5xx say nothing internal and carry the id under which the error is
 * reported. Outside of production a 5xx repeats a message that was written for clients.
 */
export function createErrorHandler(isProduction: boolean, answer: AnswerFailure = createFailureAnswer(undefined)) {
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
    const { requests } = errors;
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

function messageOf(error: unknown): string {
  const readable = toReportable(error);
  return readable instanceof Error ? readable.message : String(readable);
}
