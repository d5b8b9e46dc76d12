import { addErasureRoute, type BuildServerOptions, buildServer, type Server, type Sessions } from '@qr/common/server';
import { type Codes, createCodes } from './codes.ts';
import { type Contents, createContents } from './contents/content.ts';
import { createDestinationCheck } from './contents/destination.ts';
import { createDrawingQueue } from './drawing-queue.ts';
import type { FindMicrosite } from './microsite-client.ts';
import { addCodeRoutes, addImageRoutes, addInternalRoute } from './routes/codes.ts';
import type { Store } from './store.ts';

export interface AppDependencies {
  readonly store: Store;
  readonly sessions: Sessions;
  /** What other services show to read codes. */
  readonly serviceToken: string;
  /** Origin printed into codes. */
  readonly scanBaseUrl: string;
  /** Origins of the app, which passes scans on. @default none */
  readonly publicOrigins?: readonly string[];
  /** Origin of pages of links. */
  readonly micrositeBaseUrl: string;
  readonly findMicrosite: FindMicrosite;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext extends Pick<AppDependencies, 'store' | 'sessions' | 'serviceToken'> {
  readonly codes: Codes;
  readonly contents: Contents;
}

/** The service as a Fastify server that does not listen yet. */
export async function buildApp(deps: AppDependencies): Promise<Server> {
  const { store, sessions, serviceToken, scanBaseUrl, publicOrigins = [], micrositeBaseUrl, findMicrosite } = deps;
  const { now = Date.now, server } = deps;
  const app = buildServer({ serviceName: 'qr-service', ...server });
  await app.register(sessions.plugin);

  const checkDestination = createDestinationCheck([scanBaseUrl, micrositeBaseUrl, ...publicOrigins]);
  const contents = createContents({ scanBaseUrl, micrositeBaseUrl, findMicrosite, checkDestination });
  const codes = createCodes({ store, contents, checkDestination, drawings: createDrawingQueue(), now });
  const context: AppContext = { codes, contents, sessions, store, serviceToken };
  await app.register(async (owned) => {
    // Before validation, so that strangers learn nothing about the routes; and no route in here can forget it.
    owned.addHook('onRequest', async (request) => {
      sessions.require(request);
    });
    addCodeRoutes(owned, context);
    addImageRoutes(owned, context);
  });
  addInternalRoute(app, context);
  addErasureRoute(app, { serviceToken, erase: (userId) => store.deleteOwner(userId) });
  return app;
}
