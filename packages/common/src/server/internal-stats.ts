import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { observabilityStats } from '../lifecycle.ts';
import { AppError } from './app-error.ts';

/** `GET /internal/stats` tells other services and the inbox what was delivered and lost; only with the token that services show each other. */
export function addInternalStats(app: FastifyInstance, serviceToken: string): void {
  const expected = Buffer.from(`Bearer ${serviceToken}`);
  app.get('/internal/stats', { schema: { hide: true }, logLevel: 'warn' }, async ({ headers }) => {
    const given = Buffer.from(headers.authorization ?? '');
    // In constant time: the answer must not tell how much of a guess is right.
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new AppError({
        statusCode: 401,
        code: 'unauthorized',
        message: 'Show the service token as a bearer token.',
      });
    }
    return observabilityStats();
  });
}
