import { openSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { captureException, initializeSentry } from '../../src/index.ts';

// Reports an error every few milliseconds, and notes the id of each and when it was reported, until somebody kills it.
const log = openSync(process.argv[2] ?? '', 'a');
initializeSentry('killed-service');
for (let number = 0; ; number++) {
  const id = captureException(new Error(`error ${number}`));
  writeSync(log, `${id} ${Date.now()}\n`);
  await wait(5);
}
