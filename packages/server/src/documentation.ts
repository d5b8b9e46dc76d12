import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** OpenAPI of every route at `/documentation`, of those too that are declared on the server itself. */
export function addDocumentation(app: FastifyInstance, title: string): void {
  // Called instead of registered: a registered plugin loads later, and never hears of the routes declared until then.
  swagger(app, { openapi: { info: { title, version: '0.0.0' } } }, () => {});
  // The page asks whether the plugin of this name is there.
  void app.register(fp(async () => {}, { name: '@fastify/swagger' }));
  void app.register(swaggerUi, { routePrefix: '/documentation' });
}
