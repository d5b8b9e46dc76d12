// Takes batches and knows which, without looking into them: what is measured is their delivery.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { serve } from './serve.mjs';

let answer = '';
const copies = new Map();

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const hash = createHash('sha1');
  request.on('data', (chunk) => hash.update(chunk));
  request.on('end', () => {
    const digest = hash.digest('hex');
    copies.set(digest, (copies.get(digest) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
  });
});

serve({
  /** Only a count that matches acknowledges a batch, and all batches have as many records. */
  listen: ({ recordsEach }) =>
    new Promise((resolve) => {
      answer = JSON.stringify({ code: 200, num_records_imported: recordsEach, status: 'OK' });
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
  /** How often each body came. */
  read: () => [...copies.values()],
});
