import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';

/** The client from source, through Vite in this very process: one origin in development as in production. */
export const devPlugin: FastifyPluginAsync = async (app) => {
  // Only here: Vite is not installed in production.
  const { createServer } = await import('vite');
  const vite = await createServer({
    configFile: join(import.meta.dirname, '../vite.config.ts'),
    // The default writes a temporary module, whose removal makes a watcher of this process restart it.
    configLoader: 'runner',
    // That it scans and bundles is news to nobody.
    logLevel: 'warn',
    server: { middlewareMode: true, ws: { server: app.server } },
  });
  app.addHook('onClose', async () => vite.close());
  app.get('/*', (request, reply) => {
    // Vite answers by itself, without the content security policy: its page has inline scripts for hot replacement.
    reply.hijack();
    vite.middlewares(request.raw, reply.raw, () => reply.raw.writeHead(404).end());
  });
};
