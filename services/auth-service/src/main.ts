import { join } from 'node:path';
import { createSessions, initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { openDatabase } from '@qr/database';
import { buildApp } from './app.ts';
import { environment } from './config.ts';
import { createStore } from './store.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const database = await openDatabase({
  url: config.DATABASE_URL,
  schema: 'auth',
  migrationsFolder: join(import.meta.dirname, '../migrations'),
});
const secureCookies = config.NODE_ENV === 'production';
const app = await buildApp({
  store: createStore(database.db),
  sessions: createSessions({
    secret: config.JWT_SECRET,
    secureCookies,
    publicOrigins: config.PUBLIC_ORIGIN.split(','),
  }),
  secureCookies,
  server: { readyChecks: { database: database.ping }, debugRoutes: config.DEBUG_ROUTES },
});
app.addHook('onClose', async () => database.close());
await app.listen({ port: config.PORT, host: config.HOST });
