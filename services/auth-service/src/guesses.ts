// For the type of `app.createRateLimit`.
import type {} from '@fastify/rate-limit';
import { AppError, type Server } from '@qr/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Refuses attempts at one account that come too fast. `account`: whatever names it, an address or an id. */
export type CheckGuesses = (request: FastifyRequest, reply: FastifyReply, account: string) => Promise<void>;

/**
 * Ten attempts a minute at one account from one address. By address too, so that a stranger's guesses do not lock its owner out.
 *
 * @throws AppError 429 with Retry-After.
 */
export function createGuessLimit(app: Server): CheckGuesses {
  const accounts = new WeakMap<FastifyRequest, string>();
  const guesses = app.createRateLimit({
    max: 10,
    timeWindow: 60_000,
    keyGenerator: (request) => `${request.ip} ${accounts.get(request)}`,
  });
  return async (request, reply, account) => {
    accounts.set(request, account);
    const limit = await guesses(request);
    if (limit.isAllowed || !limit.isExceeded) return;
    reply.header('retry-after', limit.ttlInSeconds);
    throw new AppError({ statusCode: 429, code: 'too_many_attempts', message: 'Too many attempts. Wait a minute.' });
  };
}
