import { captureException, initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createDescribeVisitor } from '@qr/common/visitor';
import { buildApp } from './app.ts';
import { createCodeDirectory } from './code-directory.ts';
import { environment } from './config.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const app = buildApp({
  directory: createCodeDirectory({
    url: config.QR_SERVICE_URL,
    serviceToken: config.SERVICE_TOKEN,
    onStandIn: (error) => {
      captureException(error, { operation: 'refresh code' });
    },
  }),
  describeVisitor: createDescribeVisitor(),
  serviceToken: config.SERVICE_TOKEN,
  server: { debugRoutes: config.DEBUG_ROUTES },
});
await app.listen({ port: config.PORT, host: config.HOST });
