import { openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { closeObservability, initializeSentry } from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';

// Fails requests, and notes when each was begun and answered, until somebody kills it; with no route it only starts and closes.
const [logFile = '', ...routes] = process.argv.slice(2);
initializeSentry('killed-service');
const app = buildServer({ rateLimit: false });
for (const route of routes) {
  app.get(route, async () => {
    throw new Error(`broken at ${Date.now()}`);
  });
}
await app.ready();
const log = openSync(logFile, 'a');
for (let number = 0; routes.length > 0; number++) {
  const route = routes[number % routes.length] ?? '';
  writeSync(log, `begun ${route} ${Date.now()}\n`);
  await app.inject(route);
  writeSync(log, `answered ${route} ${Date.now()}\n`);
  // As between requests that come over a socket; by itself an injected one never lets the loop turn.
  await wait(1);
}
await app.close();
await closeObservability(10_000);
