import { join } from 'node:path';
import { captureException, initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createSessions } from '@qr/common/server';
import { createDescribeVisitor } from '@qr/common/visitor';
import { openDatabase } from '@qr/database';
import { buildApp } from './app.ts';
import { environment } from './config.ts';
import { createPages } from './pages.ts';
import { createStore } from './store.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const database = await openDatabase({
  url: config.DATABASE_URL,
  schema: 'microsite',
  migrationsFolder: join(import.meta.dirname, '../migrations'),
});
const store = createStore(database.db);
const micrositeBaseUrl = config.MICROSITE_BASE_URL;
const app = await buildApp({
  store,
  pages: createPages({
    store,
    micrositeBaseUrl,
    onStandIn: (error) => {
      captureException(error, { operation: 'refresh microsite' });
    },
  }),
  sessions: createSessions({
    secret: config.JWT_SECRET,
    secureCookies: config.NODE_ENV === 'production',
    publicOrigins: config.PUBLIC_ORIGIN.split(','),
  }),
  describeVisitor: createDescribeVisitor(),
  serviceToken: config.SERVICE_TOKEN,
  micrositeBaseUrl,
  server: { readyChecks: { database: database.ping }, debugRoutes: config.DEBUG_ROUTES },
});
app.addHook('onClose', async () => database.close());
await app.listen({ port: config.PORT, host: config.HOST });
