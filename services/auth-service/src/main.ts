import { join } from 'node:path';
import { captureException, initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createSessions } from '@qr/common/server';
import { openDatabase } from '@qr/database';
import { buildApp } from './app.ts';
import { environment, erasureServices } from './config.ts';
import { createErasures } from './erasures.ts';
import { createStore } from './store.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const database = await openDatabase({
  url: config.DATABASE_URL,
  schema: 'auth',
  migrationsFolder: join(import.meta.dirname, '../migrations'),
});
const secureCookies = config.NODE_ENV === 'production';
const store = createStore(database.db);
const erasures = createErasures({
  store,
  services: erasureServices(config),
  serviceToken: config.SERVICE_TOKEN,
  now: Date.now,
  onFailure: (error, service) => {
    captureException(error, { operation: 'erase user', service });
  },
});
const app = await buildApp({
  store,
  erasures,
  serviceToken: config.SERVICE_TOKEN,
  sessions: createSessions({
    secret: config.JWT_SECRET,
    secureCookies,
    publicOrigins: config.PUBLIC_ORIGIN.split(','),
  }),
  secureCookies,
  secret: config.JWT_SECRET,
  server: { readyChecks: { database: database.ping }, debugRoutes: config.DEBUG_ROUTES },
});
const stopErasures = erasures.start();
app.addHook('onClose', async () => {
  await stopErasures();
  await database.close();
});
await app.listen({ port: config.PORT, host: config.HOST });
