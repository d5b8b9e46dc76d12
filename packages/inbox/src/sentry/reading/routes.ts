import type { FastifyInstance } from 'fastify';
import type { InboxData } from '../../inbox-data.ts';
import { schemaError } from '../../query/analytics/schema-error.ts';
import { eventsRoute } from './events-route.ts';
import { issuesRoute } from './issues-route.ts';

/** Two of Sentry's reading endpoints, so that one client asks it and the inbox. Any organization is the only one; any token is good. */
export function sentryReadingRoutes(instance: FastifyInstance, data: InboxData): void {
  void instance.register(async (app) => {
    app.setSchemaErrorFormatter(schemaError);
    eventsRoute(app, data.store);
    issuesRoute(app, data);
  });
}
