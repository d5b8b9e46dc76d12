import Type from '@qr/plan/typebox';
import { type Internals, internals, type TelemetryHandle } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import type { Server } from './build-server.ts';
import { requireServiceToken } from './service-token.ts';

/** What {@link addErasureRoute} takes. */
export interface ErasureOptions {
  /** Where what waits for delivery is erased. */
  readonly telemetry: TelemetryHandle;
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
export function addErasureRoute(app: Server, options: ErasureOptions): void {
  const { telemetry, serviceToken, erase = async () => {} } = options;
  const schema = { params: Type.Object({ id: Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH }) }), hide: true };
  app.delete(
    '/internal/users/:id',
    { schema, onRequest: requireServiceToken(serviceToken) },
    async (request, reply) => {
      const { id } = request.params;
      await erase(id);
      telemetry[internals].forgetUser(id);
      return reply.code(204).send();
    },
  );
}

/** `GET /internal/stats` tells other services and the inbox what was delivered and lost; only with the token that services show each other. */
export function addInternalStats(
  app: FastifyInstance,
  telemetry: Pick<Internals, 'stats'>,
  serviceToken: string,
): void {
  const onRequest = requireServiceToken(serviceToken);
  app.get('/internal/stats', { schema: { hide: true }, logLevel: 'warn', onRequest }, async () => telemetry.stats());
}
