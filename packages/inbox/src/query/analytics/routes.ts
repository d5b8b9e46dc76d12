import type { FastifyInstance } from 'fastify';
import type { Store } from '../../store/store.ts';
import { funnelRoute } from './funnel-route.ts';
import { retentionRoute } from './retention-route.ts';
import { schemaError } from './schema-error.ts';
import { segmentationRoute } from './segmentation-route.ts';

/** Reports after the vendor's own definitions, computed anew from the records for each request. */
export function analyticsRoutes(instance: FastifyInstance, store: Store, now: () => number): void {
  void instance.register(async (app) => {
    app.setSchemaErrorFormatter(schemaError);
    segmentationRoute(app, store, now);
    funnelRoute(app, store, now);
    retentionRoute(app, store, now);
  });
}
