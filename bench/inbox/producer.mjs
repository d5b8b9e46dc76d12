// A process of its own, so that making events costs the inbox nothing. Prints one line of JSON.
import { Agent, request } from 'node:http';
import { sealedBatch } from './events.mjs';

const [url, mode, ...numbers] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const outcome = { events: 0, requests: 0, failedRequests: 0, failures: {}, latenciesMs: [], bytes: 0 };

const started = performance.now();
if (mode === 'rate') await atRate(...numbers.map(Number));
else if (mode === 'flood') await flood(...numbers.map(Number));
else await total(...numbers.map(Number));
const seconds = (performance.now() - started) / 1000;
const { latenciesMs, ...counts } = outcome;
const sorted = latenciesMs.sort((left, right) => left - right);
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
console.log(JSON.stringify({ ...counts, seconds, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }));
agent.destroy();

/** By the clock, however long answers take: a slow inbox gets a queue, not a slower producer. */
async function atRate(eventsPerSecond, durationSeconds, batchSize) {
  const requests = (eventsPerSecond * durationSeconds) / batchSize;
  const everyMs = (batchSize / eventsPerSecond) * 1000;
  const pending = [];
  for (let index = 0; index < requests; index += 1) {
    const { body, bytes } = sealedBatch(batchSize);
    const early = index * everyMs - (performance.now() - started);
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    pending.push(send(body, bytes, batchSize));
  }
  await Promise.all(pending);
}

/** The same few bodies again and again, as fast as they are answered. */
async function flood(durationSeconds, batchSize, connections) {
  const batches = Array.from({ length: 20 }, () => sealedBatch(batchSize));
  const loop = async (offset) => {
    for (let index = offset; performance.now() - started < durationSeconds * 1000; index += 1) {
      const { body, bytes } = batches[index % batches.length];
      await send(body, bytes, batchSize);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => loop(index)));
}

async function total(events, batchSize) {
  for (let sent = 0; sent < events; sent += batchSize) {
    const { body, bytes } = sealedBatch(batchSize);
    await send(body, bytes, batchSize);
  }
}

function send(body, bytes, size) {
  const sentAt = performance.now();
  outcome.requests += 1;
  outcome.bytes += bytes;
  return new Promise((resolve) => {
    const fail = (reason) => {
      outcome.failedRequests += 1;
      outcome.failures[reason] = (outcome.failures[reason] ?? 0) + 1;
      resolve();
    };
    const headers = {
      authorization: `Basic ${btoa('inbox-token:')}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': body.length,
    };
    const outgoing = request(`${url}/import?strict=1`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', ({ message }) => fail(message));
      response.on('end', () => {
        outcome.latenciesMs.push(performance.now() - sentAt);
        const imported = response.statusCode === 200 ? JSON.parse(text).num_records_imported : 0;
        if (imported !== size) return fail(`${response.statusCode}, ${imported} of ${size} imported`);
        outcome.events += imported;
        resolve();
      });
    });
    outgoing.on('error', ({ message }) => fail(message));
    outgoing.end(body);
  });
}
