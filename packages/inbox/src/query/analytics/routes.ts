import type { FastifyInstance } from 'fastify';
import { defaultFunnelRoute } from './default-funnel-route.ts';
import { funnelRoute } from './funnel-route.ts';
import type { ReportSource } from './report-source.ts';
import { retentionRoute } from './retention-route.ts';
import { schemaError } from './schema-error.ts';
import { segmentationRoute } from './segmentation-route.ts';

/** Reports after the vendor's own definitions, computed anew for each request. */
export function analyticsRoutes(instance: FastifyInstance, source: ReportSource): void {
  void instance.register(async (app) => {
    app.setSchemaErrorFormatter(schemaError);
    segmentationRoute(app, source);
    funnelRoute(app, source);
    defaultFunnelRoute(app, source);
    retentionRoute(app, source);
  });
}
