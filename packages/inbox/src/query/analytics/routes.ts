import type { FastifyInstance } from 'fastify';
import type { Store } from '../../store/store.ts';
import { EventIndex } from './event-index.ts';
import { funnelRoute } from './funnel-route.ts';
import type { ReportSource } from './report-source.ts';
import { retentionRoute } from './retention-route.ts';
import { schemaError } from './schema-error.ts';
import { segmentationRoute } from './segmentation-route.ts';

/** Reports after the vendor's own definitions, computed anew for each request. */
export function analyticsRoutes(instance: FastifyInstance, store: Store, now: () => number): void {
  const source: ReportSource = { index: new EventIndex(store), identity: store.identity, now };
  void instance.register(async (app) => {
    app.addHook('onClose', async () => source.index.close());
    app.setSchemaErrorFormatter(schemaError);
    segmentationRoute(app, source);
    funnelRoute(app, source);
    retentionRoute(app, source);
  });
}
