import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Outside `src`, so that the same path serves the sources and the build. */
const PAGE_FOLDER = join(import.meta.dirname, '..', 'page');

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** `GET /`: the live page, as static files. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: PAGE_FOLDER,
    // One route for each file that is there: no path from a request ever meets the file system.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) reply.setHeader(name, value);
      reply.setHeader('cache-control', 'no-cache');
    },
  });
}
