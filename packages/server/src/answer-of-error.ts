import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { AppError } from './app-error.ts';

/** The answer to a request that failed. */
export interface AnswerOfError {
  readonly statusCode: number;
  /** A sentence for people; `undefined` when the error's own was not written for the client. */
  readonly message: string | undefined;
  /** The field of the request that is wrong. */
  readonly field: string | undefined;
}

const UNKNOWN: AnswerOfError = { statusCode: 500, message: undefined, field: undefined };

/**
 * Decides what an error says to the client. A status and a message are taken from errors that were made to be answered: `AppError`, Fastify's own
 * (codes `FST_…`, schema validation) and those of `http-errors` (a boolean `expose`). Any other error is a failure of ours, 500, whatever it has
 * in `status` and `statusCode`: HTTP clients store the upstream's status there.
 *
 * What came up while Fastify read the body, which sets its status to 400 itself, is the client's.
 */
export function answerOfError(error: unknown, reply: FastifyReply): AnswerOfError {
  // After a body that could not be read Fastify closes the connection, as the client may send more of it.
  return answerOf(error, reply.statusCode === 200 && reply.getHeader('connection') === 'close');
}

/** Returns the status with which an error will be answered, for `onError` hooks: 500 unless the error was made to be answered. */
export function statusOfError(error: unknown, reply: FastifyReply): number {
  return answerOfError(error, reply).statusCode;
}

function answerOf(error: unknown, isOfBody: boolean): AnswerOfError {
  if (typeof error !== 'object' || error === null) return UNKNOWN;
  if (isAppError(error)) return answer(error.statusCode, error.message, error.field);
  const complaint = complaintOf(error);
  if (complaint) {
    const field = fieldOf(complaint);
    return answer(statusOf(error) ?? 400, validationMessage(complaint, field), field);
  }
  const status = statusOf(error);
  if (status === undefined) return UNKNOWN;
  const code = property(error, 'code');
  const isFastify = typeof code === 'string' && code.startsWith('FST_');
  const expose = property(error, 'expose');
  if (isFastify || typeof expose === 'boolean') return answer(status, expose === false ? undefined : textOf(error));
  // Cut off by the client, or not in the encoding that it says.
  return isOfBody && status === 400 ? answer(status, 'The body of the request could not be read.') : UNKNOWN;
}

function isAppError(error: object): error is AppError {
  try {
    return error instanceof AppError;
  } catch {
    // A proxy that refuses.
    return false;
  }
}

function answer(statusCode: number, message: string | undefined, field?: string): AnswerOfError {
  return isErrorStatus(statusCode) ? { statusCode, message, field } : { ...UNKNOWN, message };
}

/** What stands in the place of a message that is not for the client. */
export function reasonOf(statusCode: number): string {
  return STATUS_CODES[statusCode] ?? 'Error';
}

function statusOf(error: object): number | undefined {
  const status = property(error, 'statusCode') ?? property(error, 'status');
  return isErrorStatus(status) ? status : undefined;
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
}

type PlacedComplaint = Complaint & { readonly instancePath?: string };

/** The first complaint of Fastify's schema validation. */
function complaintOf(error: object): PlacedComplaint | undefined {
  const validation = property(error, 'validation');
  return Array.isArray(validation) ? validation[0] : undefined;
}

function fieldOf({ instancePath, params }: PlacedComplaint): string | undefined {
  const path = instancePath?.split('/').filter(Boolean).join('.');
  const missing = params?.['missingProperty'] ?? params?.['additionalProperty'];
  return [path, missing].filter((part) => typeof part === 'string' && part !== '').join('.') || undefined;
}

function textOf(error: object): string | undefined {
  const message = property(error, 'message');
  return typeof message === 'string' && message !== '' ? message : undefined;
}

function property(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    // A getter that refuses.
    return undefined;
  }
}

/** What Ajv says of the first thing that is wrong. */
interface Complaint {
  readonly keyword?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Sentences for people where Ajv's are for programmers (`must NOT have fewer than 8 characters`); for other keywords Ajv's own. */
const SENTENCES: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  required: () => 'is required',
  additionalProperties: () => 'is not known here: check its spelling, or leave it out',
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`),
  maxLength: ({ limit }) => `must have at most ${limit} characters`,
  minItems: ({ limit }) => `must have at least ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  maxItems: ({ limit }) => `must have at most ${limit} entries`,
  minProperties: ({ limit }) => `must have at least ${limit} ${limit === 1 ? 'field' : 'fields'}`,
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  // The pattern itself would say nothing to whoever typed.
  pattern: () => 'is not in the right form, or has characters that are not allowed',
  format: ({ format }) => `must be a ${String(format).replace('-', ' ')}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  enum: ({ allowedValues }) =>
    `must be one of ${(allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`,
};

/** One sentence that names the field, as our own errors do: `password must have at least 8 characters`. */
function validationMessage({ keyword = '', message, params = {} }: Complaint, field: string | undefined): string {
  const sentence = SENTENCES[keyword]?.(params) ?? message ?? 'is not valid';
  return `${field ?? 'The body'} ${sentence}`;
}
