import { sentIdOf } from '@qr/common';
import { addErasureRoute, type BuildServerOptions, buildServer, type Server, type Sessions } from '@qr/common/server';
import type { CodeOwners } from './code-owners.ts';
import { addImportRoute } from './routes/import.ts';
import { addExportRoute, addStatisticsRoutes } from './routes/statistics.ts';
import { createStatistics, type Readings, type Statistics } from './statistics.ts';
import type { Store } from './store.ts';

export interface AppDependencies {
  readonly store: Store;
  readonly readings: Readings;
  readonly sessions: Sessions;
  readonly owners: CodeOwners;
  /** What other services show to deliver scans. */
  readonly serviceToken: string;
  /** How many days late a scan may be. */
  readonly retentionDays: number;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext extends Omit<Required<AppDependencies>, 'server'> {
  readonly statistics: Statistics;
}

/** Services deliver from few addresses, a batch a second and more after an outage; people come from the one of the web server. */
const RATE_LIMIT = { max: 20_000, windowMs: 60_000 };

/** The service as a Fastify server that does not listen yet. */
export async function buildApp(deps: AppDependencies): Promise<Server> {
  const { store, readings, sessions, owners, serviceToken, retentionDays, now = Date.now, server } = deps;
  const app = buildServer({ serviceName: 'analytics-service', rateLimit: RATE_LIMIT, ...server });
  await app.register(sessions.plugin);

  const statistics = createStatistics(readings);
  const context: AppContext = { store, readings, statistics, sessions, owners, serviceToken, retentionDays, now };
  await app.register(async (owned) => {
    // Before validation, so that strangers learn nothing about the routes; and no route in here can forget it.
    owned.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'private, no-store');
      sessions.require(request);
    });
    addStatisticsRoutes(owned, context);
    addExportRoute(owned, context);
  });
  addImportRoute(app, context);
  addErasureRoute(app, { serviceToken, erase: (userId) => store.deleteOwner(sentIdOf(userId)) });
  return app;
}
