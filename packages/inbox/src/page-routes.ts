import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Outside `src`, so that the same path serves the sources and the build. */
const BUILT_PAGE = join(import.meta.dirname, '..', 'dist/page');

/** The addresses of the page's tabs: each can be opened, reloaded and shared. */
const TAB_PATHS = [
  '',
  'user',
  'issues',
  'traces',
  'insights',
  'funnels',
  'retention',
  'alerts',
  'delivery',
  'plan',
].map((tab) => `/${tab}`);

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const NOT_BUILT =
  'The inbox runs, but its page is not built. At the root of the repository: npm run build. ' +
  'What has arrived is at /api/timeline all the same.\n';

/** `GET /` and the tabs: the page, as static files. Without a build it says how to make one; nothing else needs it. */
export async function pageRoutes(app: FastifyInstance, folder = BUILT_PAGE): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  if (!existsSync(join(folder, 'index.html'))) {
    for (const path of TAB_PATHS)
      app.get(path, (_request, reply) => reply.code(503).type('text/plain').send(NOT_BUILT));
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    // One route for each file that is there: no path from a request ever meets the file system.
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names of assets carry a hash of what is in them.
      const isHashed = path.includes('/assets/');
      reply.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const path of TAB_PATHS) app.get(path, (_request, reply) => reply.sendFile('index.html'));
}

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
