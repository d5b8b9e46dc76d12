import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** OpenAPI of the JSON API at `/documentation`. What the vendors' SDKs speak is left out: the vendors describe that. */
export async function addDocumentation(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Inbox',
        version: '0.0.0',
        description: 'What the local stand-in for Mixpanel and Sentry has received, and what it tells of it.',
      },
    },
    transform: ({ schema, url }) => ({ url, schema: isOwn(url) ? schema : { ...schema, hide: true } }),
  });
  await app.register(swaggerUi, { routePrefix: '/documentation' });
}

/** Under `/api` are both our own routes and those of the vendors. */
function isOwn(url: string): boolean {
  return url.startsWith('/api/') && !/^\/api\/(?::project|app)\//.test(url);
}
