import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { earlyErrorsCspSource } from '@qr/browser/vite';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

/** Answers of services, and files: programs ask for these, not people. */
// `/debug` itself is a page of the app.
const FOR_PROGRAMS = /^\/(?:(?:api|assets|documentation|health|import|internal|o)(?:\/|$)|debug\/)/;
const SCAN = /^\/scan(?:\/|$)/;
const FILE = /\.\w+$/;

/** Returns whether a path is a scan address, to which people come with the camera of a phone. */
export function isScanPath(path: string): boolean {
  return SCAN.test(path);
}

/** Returns whether people open a path in a browser: a page of the app, a scan address, a microsite. */
export function isPagePath(path: string): boolean {
  return isScanPath(path) || !(FOR_PROGRAMS.test(path) || FILE.test(path));
}

/** What {@link staticPlugin} takes. */
interface StaticOptions {
  /** The folder of the built client. */
  readonly root: string;
}

/** Scripts, styles and connections of this origin only, none inline but the one whose hash stands here: a text that slips into a page cannot become a program. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  `script-src 'self' ${earlyErrorsCspSource}`,
  "style-src 'self'",
].join(';');

/** In place of what every server of ours says. */
const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  // Not helmet's `no-referrer`, under which a beacon may say `Origin: null` (https://fetch.spec.whatwg.org/#origin-header), which the tunnel refuses.
  'referrer-policy': 'same-origin',
};

/** The built client: hashed files for ever, the page itself asked for anew each time, and the page for every path that is one of the app's. */
export const staticPlugin: FastifyPluginAsync<StaticOptions> = async (app, { root }) => {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(PAGE_HEADERS);
    done();
  });
  await app.register(fastifyStatic, {
    root,
    // A route for each file that exists at start, so that unknown paths come to the route below.
    wildcard: false,
    // Source maps are for Sentry's upload; the compressed copies answer under the names of their originals.
    globIgnore: ['**/*.{map,br,gz}'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = path.includes('/assets/');
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.get('/*', (request, reply) => {
    if (isPage(request)) return reply.sendFile('index.html');
    return callNotFound(reply);
  });
};

/** Browsers ask for pages as HTML; an unknown script or picture is not answered with a page. */
function isPage({ headers, url }: FastifyRequest): boolean {
  return isPagePath(url.split('?')[0] ?? '') && (headers.accept ?? '').includes('text/html');
}

function callNotFound(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

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
