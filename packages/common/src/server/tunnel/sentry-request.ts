import { dsnToString, getEnvelopeEndpointWithUrlEncodedAuth, makeDsn } from '@sentry/core';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';
import type { UpstreamRequest } from './upstream.ts';

/** Where envelopes go. */
export interface SentryTarget {
  /** The only DSN that is accepted, and the address that envelopes are sent to. */
  readonly dsn: string;
}

/** Longer first lines are no envelope headers. */
const MAX_HEADER_BYTES = 16_384;

/**
 * Makes what turns a checked envelope into the request to Sentry.
 *
 * @throws Error when the configured DSN is not one.
 */
export function createSentryRequest({ dsn }: SentryTarget): (body: Buffer, request: FastifyRequest) => UpstreamRequest {
  const components = makeDsn(dsn);
  if (!components) throw new Error('The option sentry.dsn of the tunnel expects a DSN such as https://key@host/42.');
  // SDKs write the DSN without its password.
  const allowed = dsnToString(components);
  const url = getEnvelopeEndpointWithUrlEncodedAuth(components);
  return (body, { headers }) => {
    if (dsnOf(body) !== allowed) {
      throw new AppError({
        statusCode: 403,
        code: 'foreign_dsn',
        message: 'The envelope does not carry the DSN of this platform.',
      });
    }
    return { url, contentType: 'application/x-sentry-envelope', userAgent: headers['user-agent'], body };
  };
}

/** The first line of an envelope is a JSON object: https://develop.sentry.dev/sdk/data-model/envelopes/ */
function dsnOf(body: Buffer): unknown {
  const end = body.indexOf(0x0a);
  const header = body.subarray(0, Math.min(end === -1 ? body.length : end, MAX_HEADER_BYTES)).toString('utf8');
  try {
    return (JSON.parse(header) as { dsn?: unknown } | null)?.dsn;
  } catch {
    throw new AppError({ code: 'malformed', message: 'Expected a Sentry envelope: its first line is not JSON.' });
  }
}
