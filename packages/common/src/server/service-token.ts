import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from './app-error.ts';

/**
 * Makes the hook that lets only other services in: those that show the token as a bearer token.
 *
 * @throws AppError 401, from within the hook.
 */
export function requireServiceToken(token: string): (request: FastifyRequest) => Promise<void> {
  const matches = matchesServiceToken(token);
  return async ({ headers }) => {
    if (matches(headers.authorization ?? '')) return;
    throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'This route is for other services.' });
  };
}

/** Makes the function that says whether an `Authorization` header shows the token. */
export function matchesServiceToken(token: string): (authorization: string) => boolean {
  const expected = digest(`Bearer ${token}`);
  // Digests have one length, so that the comparison tells nothing, not even the length of the token.
  return (authorization) => timingSafeEqual(digest(authorization), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
