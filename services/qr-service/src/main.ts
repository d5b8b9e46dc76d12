import { join } from 'node:path';
import { initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createSessions } from '@qr/common/server';
import { openDatabase } from '@qr/database';
import { buildApp } from './app.ts';
import { environment } from './config.ts';
import { createMicrositeClient } from './microsite-client.ts';
import { createStore } from './store.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const database = await openDatabase({
  url: config.DATABASE_URL,
  schema: 'qr',
  migrationsFolder: join(import.meta.dirname, '../migrations'),
});
const publicOrigins = config.PUBLIC_ORIGIN.split(',');
const app = await buildApp({
  store: createStore(database.db),
  sessions: createSessions({
    secret: config.JWT_SECRET,
    secureCookies: config.NODE_ENV === 'production',
    publicOrigins,
  }),
  serviceToken: config.SERVICE_TOKEN,
  scanBaseUrl: config.SCAN_BASE_URL,
  publicOrigins,
  micrositeBaseUrl: config.MICROSITE_BASE_URL,
  findMicrosite: createMicrositeClient({ url: config.MICROSITE_SERVICE_URL, serviceToken: config.SERVICE_TOKEN }),
  server: { readyChecks: { database: database.ping }, debugRoutes: config.DEBUG_ROUTES },
});
app.addHook('onClose', async () => database.close());
await app.listen({ port: config.PORT, host: config.HOST });
