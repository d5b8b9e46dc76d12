import type { AlertRule } from '@qr/alerts';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { alertsRoute } from './alerts/routes.ts';
import { type DeliveryOptions, deliveryRoute } from './delivery/services.ts';
import { faultRoutes } from './faults/faults.ts';
import { clearRoutes, type InboxData } from './inbox-data.ts';
import { complianceRoutes } from './mixpanel/compliance.ts';
import { mixpanelRoutes } from './mixpanel/routes.ts';
import { pageRoutes } from './page-routes.ts';
import { type InboxPlan, linkEventsOf, planRoute } from './plan/plan.ts';
import { EventIndex, type ReportSource } from './query/analytics/user-events.ts';
import { queryRoutes } from './query/routes.ts';
import { sentryReadingRoutes } from './sentry/reading.ts';
import { sentryRoutes } from './sentry/routes.ts';
import { openSourceMaps } from './sentry/source-maps.ts';
import { type EditorOptions, editorLinks } from './views/error-detail.ts';
import { viewRoutes } from './views/routes.ts';

/** What the plugin serves from. */
export interface InboxPluginOptions {
  /** From `openInboxData`; whoever opened it closes it. */
  readonly data: InboxData;
  /** The clock of arrival, and of what is "today" in a report. @default Date.now */
  readonly now?: () => number;
  /** From a deletion or retrieval request to its execution; until then it can be cancelled. @default 0 */
  readonly complianceDelayMs?: number | undefined;
  /** Folders of a built page and of built services, separated by commas: see `openSourceMaps`. @default none */
  readonly sourceMaps?: string | undefined;
  /** Who is asked about deliveries. @default nobody */
  readonly delivery?: DeliveryOptions | undefined;
  /** Evaluated by what the inbox holds, whenever somebody looks. @default none */
  readonly alerts?: readonly AlertRule[] | undefined;
  /** The tracking plan that arrivals are compared with. @default none: nothing is compared */
  readonly plan?: InboxPlan | undefined;
  /** How frames of a stack are opened in an editor. @default files below the application's root, in VS Code */
  readonly editor?: EditorOptions | undefined;
  /** Folder of the inbox's own page, built. @default where the build puts it */
  readonly page?: string | undefined;
}

async function registerInbox(app: FastifyInstance, options: InboxPluginOptions): Promise<void> {
  const { data, now = Date.now, complianceDelayMs: delayMs = 0, plan } = options;
  const sourceMaps = options.sourceMaps === undefined ? undefined : openSourceMaps(options.sourceMaps);
  const linkOf = editorLinks(options.editor);
  const { store, rawLog, faults } = data;
  const ingestion = { store, rawLog, faults, now };
  const source: ReportSource = {
    index: new EventIndex(store),
    // The store has others after a clear.
    get identity() {
      return store.identity;
    },
    get profiles() {
      return store.profiles;
    },
    linkEvents: linkEventsOf(plan),
    usualFunnel: plan?.funnel,
    now,
  };
  app.addHook('onClose', async () => source.index.close());
  // A scope each: the ingestion endpoints take bodies as bytes and are open to any origin, the rest is not.
  await app.register(async (scope) => mixpanelRoutes(scope, ingestion));
  await app.register(async (scope) => sentryRoutes(scope, { ...ingestion, sourceMaps }));
  await app.register(async (scope) => {
    refuseForeignHostNames(scope);
    complianceRoutes(scope, { ...ingestion, delayMs });
  });
  await app.register(async (scope) => {
    refuseForeignHostNames(scope);
    queryRoutes(scope, data, source);
    clearRoutes(scope, data);
    viewRoutes(scope, data, source, linkOf);
    planRoute(scope, plan, store);
    alertsRoute(scope, data, source, options.alerts ?? []);
    sentryReadingRoutes(scope, data);
    deliveryRoute(scope, options.delivery ?? { services: [], serviceToken: '' });
    faultRoutes(scope, faults);
    await scope.register(async (page) => pageRoutes(page, options.page));
  });
}

/** Both vendors' ingestion endpoints, the JSON API and the page, for any Fastify server. */
export const inboxPlugin = fp(registerInbox, { fastify: '5.x', name: '@qr/inbox' });

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses requests that reached a loopback address under another name. Else a page that makes its own host name point
 * to 127.0.0.1 (DNS rebinding) could read everything in the inbox.
 */
function refuseForeignHostNames(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    if (isLoopback(request.socket.localAddress) && !LOOPBACK_HOSTS.has(host)) {
      reply
        .code(403)
        .send({ error: 'Forbidden', message: `host "${host}" is not this machine: use localhost or 127.0.0.1` });
      return;
    }
    done();
  });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address.includes('127.0.0.') || address === '::1');
}
