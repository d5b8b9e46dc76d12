// Reports errors, and says what it cost: sent ones, each with another message, and those that the budget only counts.

import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeSentry,
} from '../../../packages/common/dist/index.js';
import { serve } from './serve.mjs';

const TIMEOUT_MS = 30_000;

let envelopes = 0;
let bytes = 0;
let inflatedBytes = 0;

/** Within this process, so as to have one process less; what it does for an envelope is in the figure. */
async function startSentry() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      envelopes++;
      bytes += body.length;
      inflatedBytes += request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).length : body.length;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://key@127.0.0.1:${server.address().port}/1`;
}

function fail(number, depth = 10) {
  if (depth > 0) return fail(number, depth - 1);
  return new Error(
    `Expected a code that exists, got ${number}: kind ${String.fromCharCode(97 + (number % 26))}${number}`,
  );
}

async function report(count, messageOf) {
  const before = process.cpuUsage();
  for (let number = 0; number < count; number++) {
    captureException(fail(messageOf(number)), { operation: 'create code', qr_id: `qr_${number}` });
    if (number % 20 === 19) await new Promise((resolve) => setImmediate(resolve));
  }
  await flushObservability(TIMEOUT_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function measure({ count }) {
  initializeSentry('bench', await startSentry());
  await report(count, (number) => number);
  envelopes = 0;
  bytes = 0;
  inflatedBytes = 0;
  const cpuUs = await report(count, (number) => number);
  const sent = { cpuUs, envelopes, bytesEach: bytes / envelopes, inflatedBytesEach: inflatedBytes / envelopes };
  await closeObservability(TIMEOUT_MS);
  return sent;
}

serve({ measure });
