import { closeSync, openSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { captureException, initializeMixpanel, initializeSentry, trackEvent } from '@qr/common';
import { buildServer } from '@qr/common/server';

// Uses up all file descriptors for some seconds while it tracks and reports, then gives them back and says on which port it listens.
initializeSentry('test-service');
initializeMixpanel();
const app = buildServer({ maxEventLoopDelayMs: 60_000 });
app.get('/x', async () => 'ok');
const port = new URL(await app.listen({ port: 0 })).port;
await wait(200);
const taken: number[] = [];
const takeAll = () => {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    // EMFILE.
  }
};
for (let round = 0; round < 30; round++) {
  takeAll();
  trackEvent('logout', 'u1');
  captureException(new Error(`failed ${round}`));
  await wait(100);
}
for (const fd of taken) closeSync(fd);
console.log(port);
