import {
  addErasureRoute,
  type BuildServerOptions,
  buildServer,
  type ErrorPages,
  type Server,
  type Sessions,
} from '@qr/common/server';
import type { DescribeVisitor } from '@qr/common/visitor';
import { createMicrosites, type Microsites } from './microsites.ts';
import type { Pages } from './pages.ts';
import { addInternalRoute, addMicrositeRoutes } from './routes/microsites.ts';
import { addViewRoute } from './routes/view.ts';
import type { Store } from './store.ts';

export interface AppDependencies {
  readonly store: Store;
  readonly pages: Pages;
  readonly sessions: Sessions;
  readonly describeVisitor: DescribeVisitor;
  /** What other services show to read microsites, and to have a person forgotten. */
  readonly serviceToken: string;
  /** Origin under which visitors reach microsites. */
  readonly micrositeBaseUrl: string;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext
  extends Pick<AppDependencies, 'store' | 'pages' | 'sessions' | 'describeVisitor' | 'serviceToken'> {
  readonly microsites: Microsites;
}

/** Visitors see the errors of pages. */
const errorPages: ErrorPages = { covers: (path) => /^\/m(?:\/|$)/.test(path) };

/** The service as a Fastify server that does not listen yet. */
export async function buildApp(deps: AppDependencies): Promise<Server> {
  const { store, pages, sessions, describeVisitor, serviceToken, micrositeBaseUrl, now = Date.now, server } = deps;
  const app = buildServer({ serviceName: 'microsite-service', ignoreTrailingSlash: true, errorPages, ...server });
  await app.register(sessions.plugin);

  const microsites = createMicrosites({ store, pages, micrositeBaseUrl, now });
  const context: AppContext = { microsites, pages, sessions, describeVisitor, store, serviceToken };
  await app.register(async (owned) => {
    // Before validation, so that strangers learn nothing about the routes; and no route in here can forget it.
    owned.addHook('onRequest', async (request) => {
      sessions.require(request);
    });
    addMicrositeRoutes(owned, context);
  });
  addViewRoute(app, context);
  addInternalRoute(app, context);
  addErasureRoute(app, { serviceToken, erase: (userId) => microsites.removeAll(userId) });
  return app;
}
