import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { refuseForeignHostNames } from './http/loopback-only.ts';
import type { InboxData } from './inbox-data.ts';
import { mixpanelRoutes } from './mixpanel/routes.ts';
import { pageRoutes } from './page-routes.ts';
import { queryRoutes } from './query/routes.ts';
import { sentryRoutes } from './sentry/routes.ts';

/** What the plugin serves from. */
export interface InboxPluginOptions {
  /** From `openInboxData`; whoever opened it closes it. */
  readonly data: InboxData;
  /** The clock of arrival. @default Date.now */
  readonly now?: () => number;
}

async function registerInbox(app: FastifyInstance, { data, now = Date.now }: InboxPluginOptions): Promise<void> {
  const ingestion = { store: data.store, rawLog: data.rawLog, now };
  // A scope each: the ingestion endpoints take bodies as bytes and are open to any origin, the rest is not.
  await app.register(async (scope) => mixpanelRoutes(scope, ingestion));
  await app.register(async (scope) => sentryRoutes(scope, ingestion));
  await app.register(async (scope) => {
    refuseForeignHostNames(scope);
    queryRoutes(scope, data);
    await pageRoutes(scope);
  });
}

/** Both vendors' ingestion endpoints, the JSON API and the page, for any Fastify server. */
export const inboxPlugin = fp(registerInbox, { fastify: '5.x', name: '@qr/inbox' });
