import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorIdOf, inContextOf } from '../sentry/request-hook.ts';
import { suppressedLine, verdictOfAnswer } from '../sentry/verdict.ts';
import type { ErrorBody } from '../shared/index.ts';
import { requestState } from './request-key.ts';
import { type Complaint, validationMessage } from './validation-message.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const GENERIC_MESSAGE = 'Something went wrong on our side. If it happens again, quote the error id.';

/**
 * Makes the one error handler: 4xx keep their status and say which field is wrong, 5xx say nothing internal in production and carry the id
 * under which the error is reported.
 */
export function createErrorHandler(isProduction: boolean) {
  return async function errorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<ErrorBody> {
    const statusCode = statusOf(error);
    // What was to be answered, such as a picture or what a service has sent, may have said already of which kind and how long it is.
    reply.code(statusCode).removeHeader('content-length').removeHeader('content-encoding').type(JSON_TYPE);
    const reason = STATUS_CODES[statusCode] ?? 'Error';
    if (statusCode < 500) {
      request.log.info({ err: error }, 'request refused');
      const field = fieldOf(error);
      const complaint = complaintOf(error);
      const message = complaint ? validationMessage(complaint, field) : messageOf(error);
      return { error: reason, message, ...(field !== undefined && { field }) };
    }
    const state = requestState(request);
    const errorId = errorIdOf(state);
    const verdict = verdictOfAnswer(state, error, errorId);
    // At `info`, and without the stack, which is that of all its fingerprint: lines from `warn` on go to Sentry as well.
    if (verdict?.isSuppressed) {
      request.log.info({ ...suppressedLine(verdict, errorId), reason: messageOf(error) }, 'request failed');
    } else inContextOf(state, () => request.log.error({ err: error, errorId }, 'request failed'));
    return { error: reason, message: isProduction ? GENERIC_MESSAGE : messageOf(error), errorId };
  };
}

function statusOf(error: unknown): number {
  const status = property(error, 'statusCode') ?? property(error, 'status');
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599 ? Number(status) : 500;
}

function messageOf(error: unknown): string {
  const message = property(error, 'message');
  if (typeof message === 'string') return message;
  try {
    return String(error);
  } catch {
    return 'unreadable';
  }
}

/** From our own errors, or from the first complaint of Fastify's schema validation. */
function fieldOf(error: unknown): string | undefined {
  const field = property(error, 'field');
  if (typeof field === 'string') return field;
  const first = complaintOf(error);
  const path = first?.instancePath?.split('/').filter(Boolean).join('.');
  const missing = first?.params?.['missingProperty'] ?? first?.params?.['additionalProperty'];
  return [path, missing].filter((part) => typeof part === 'string' && part !== '').join('.') || undefined;
}

/** The first complaint of Fastify's schema validation. */
function complaintOf(error: unknown): (Complaint & { readonly instancePath?: string }) | undefined {
  const validation = property(error, 'validation');
  return Array.isArray(validation) ? validation[0] : undefined;
}

function property(value: unknown, key: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  } catch {
    // A getter that refuses.
    return undefined;
  }
}
