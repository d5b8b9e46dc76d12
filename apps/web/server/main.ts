import { resolve } from 'node:path';
import { initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createDescribeVisitor, createFailedScans } from '@qr/common/visitor';
import { buildApp } from './app.ts';
import { environment } from './config.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const app = buildApp({
  services: {
    auth: [config.AUTH_SERVICE_URL],
    qr: [config.QR_SERVICE_URL],
    microsite: [config.MICROSITE_SERVICE_URL],
    routing: config.ROUTING_SERVICE_URL.split(','),
    analytics: config.ANALYTICS_URL.split(','),
  },
  client: config.WEB_DEV ? 'vite' : { root: resolve(config.WEB_ROOT) },
  tunnel: {
    sentry: config.VITE_SENTRY_DSN === undefined ? undefined : { dsn: config.VITE_SENTRY_DSN },
    mixpanel:
      config.VITE_MIXPANEL_TOKEN === undefined
        ? undefined
        : { token: config.VITE_MIXPANEL_TOKEN, apiHost: config.MIXPANEL_API_HOST },
  },
  serviceToken: config.SERVICE_TOKEN,
  trackFailedScan: createFailedScans(createDescribeVisitor()),
  server: { debugRoutes: config.DEBUG_ROUTES },
});
await app.listen({ port: config.PORT, host: config.HOST });
