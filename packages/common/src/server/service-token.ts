import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from './app-error.ts';

/**
 * Makes the hook that lets only other services in: those that show the token as a bearer token.
 *
 * @throws AppError 401, from within the hook.
 */
export function requireServiceToken(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(`Bearer ${token}`);
  return async ({ headers }) => {
    // Digests have one length, so that the comparison tells nothing, not even the length of the token.
    if (timingSafeEqual(digest(headers.authorization ?? ''), expected)) return;
    throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'This route is for other services.' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
