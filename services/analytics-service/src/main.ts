import { join } from 'node:path';
import { captureException, initializeMixpanel, loadConfigOrExit } from '@qr/common';
import { createSessions } from '@qr/common/server';
import { openDatabase } from '@qr/database';
import { alertRules } from '@qr/observability/alerts';
import { buildApp } from './app.ts';
import { createCodeOwners } from './code-owners.ts';
import { environment } from './config.ts';
import { createAlertStore, hostAlerts, hostShipper } from './hosted-jobs.ts';
import { createRollUp } from './roll-up.ts';
import { createReadings } from './statistics.ts';
import { createStore } from './store.ts';

const config = loadConfigOrExit(environment);
initializeMixpanel();
const database = await openDatabase({
  url: config.DATABASE_URL,
  schema: 'analytics',
  migrationsFolder: join(import.meta.dirname, '../migrations'),
});
const store = createStore(database.db);
const rollUp = createRollUp({
  store,
  retentionDays: config.SCAN_RETENTION_DAYS,
  now: Date.now,
  onFailure: (error) => {
    captureException(error, { operation: 'roll up scans' });
  },
});
const app = await buildApp({
  store,
  readings: createReadings(database.db),
  sessions: createSessions({
    secret: config.JWT_SECRET,
    secureCookies: config.NODE_ENV === 'production',
    publicOrigins: config.PUBLIC_ORIGIN.split(','),
  }),
  owners: createCodeOwners({
    url: config.QR_SERVICE_URL,
    serviceToken: config.SERVICE_TOKEN,
    onStandIn: (error) => {
      captureException(error, { operation: 'refresh owner of code' });
    },
  }),
  serviceToken: config.SERVICE_TOKEN,
  retentionDays: config.SCAN_RETENTION_DAYS,
  server: { readyChecks: { database: database.ping }, debugRoutes: config.DEBUG_ROUTES },
});
const stopRollUp = rollUp.start();
app.addHook('onClose', async () => {
  await stopRollUp();
  await database.close();
});
if (config.HOST_SHIPPER) await hostShipper(app, config);
hostAlerts(app, { rules: alertRules, store: createAlertStore(database.db), config });
await app.listen({ port: config.PORT, host: config.HOST });
