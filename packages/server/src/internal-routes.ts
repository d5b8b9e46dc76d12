import { createHash, timingSafeEqual } from 'node:crypto';
import { instance } from '@qr/telemetry/internal';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { AppError } from './app-error.ts';
import type { Server } from './build-server.ts';

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

/** What {@link addErasureRoute} takes. */
export interface ErasureOptions {
  /** What other services show to ask for it. */
  readonly serviceToken: string;
  /** Removes the rows of a person; called again when it failed, and once more after their last session has run out. @default nothing to remove */
  readonly erase?: (userId: string) => Promise<void>;
}

/** Of one part of a path, in Fastify. */
const MAX_ID_LENGTH = 100;

/**
 * `DELETE /internal/users/:id` removes what a service holds of a person: its rows, and what of theirs waits for delivery. 204, however often it
 * is asked.
 */
export function addErasureRoute(app: Server, { serviceToken, erase = async () => {} }: ErasureOptions): void {
  const schema = { params: Type.Object({ id: Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH }) }), hide: true };
  app.delete(
    '/internal/users/:id',
    { schema, onRequest: requireServiceToken(serviceToken) },
    async (request, reply) => {
      const { id } = request.params;
      await erase(id);
      instance.forgetUser(id);
      return reply.code(204).send();
    },
  );
}

/** `GET /internal/stats` tells other services and the inbox what was delivered and lost; only with the token that services show each other. */
export function addInternalStats(app: FastifyInstance, serviceToken: string): void {
  const onRequest = requireServiceToken(serviceToken);
  app.get('/internal/stats', { schema: { hide: true }, logLevel: 'warn', onRequest }, async () => instance.stats());
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
