import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from './app-error.ts';

/** Returns the check whether a request shows the token as a bearer token. */
export function createTokenCheck(token: string): (request: Pick<FastifyRequest, 'headers'>) => boolean {
  const expected = digest(`Bearer ${token}`);
  // Digests have one length, so that the comparison tells nothing, not even the length of the token.
  return ({ headers }) => timingSafeEqual(digest(headers.authorization ?? ''), expected);
}

/**
 * Makes the hook that lets only other services in: those that show the token as a bearer token.
 *
 * @throws AppError 401, from within the hook.
 */
export function requireServiceToken(token: string): (request: FastifyRequest) => Promise<void> {
  const isShown = createTokenCheck(token);
  return async (request) => {
    if (isShown(request)) return;
    throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'This route is for other services.' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
