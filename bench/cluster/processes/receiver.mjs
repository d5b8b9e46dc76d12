// Stands for Mixpanel, with as little work as it takes to know what arrived: which events, how many copies of each, how late.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createTally } from '../tally.mjs';
import { serve } from './serve.mjs';

const tally = createTally();
let waiting;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const receivedAt = Date.now();
    const count = tally.add(gunzipSync(Buffer.concat(chunks)).toString('latin1'), receivedAt);
    const answer = JSON.stringify({ code: 200, num_records_imported: count, status: 'OK' });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
    if (waiting && tally.distinct() >= waiting.target) waiting.done();
  });
});

serve({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
  read: () => tally.read(),
  /** Resolves when so many different events are there, or after `timeoutMs`. */
  arrived: ({ target, timeoutMs }) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      function done() {
        clearTimeout(timer);
        waiting = undefined;
        resolve(tally.distinct());
      }
      waiting = { target, done };
      if (tally.distinct() >= target) done();
    }),
  startLatency: () => tally.startLatency(),
});
