import { instance } from '@qr/telemetry/internal';
import Type from 'typebox';
import type { Server } from './build-server.ts';
import { requireServiceToken } from './service-token.ts';

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
