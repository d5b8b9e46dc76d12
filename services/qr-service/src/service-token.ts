import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@qr/common';
import type { FastifyRequest } from 'fastify';

/** Makes the hook that lets only other services in. */
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
