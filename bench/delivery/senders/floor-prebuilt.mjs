import { gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { importRecord } from '../event.mjs';

/** Bodies that were built and compressed before: what the network alone costs. */
export const limits = { window: 20_000, events: 100_000 };

const BATCH = 2000;
const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
let pool;
let bodies = [];
let tracked = 0;
let sending = Promise.resolve();

export async function start(url) {
  pool = new Pool(url, { connections: 1 });
}

/** Called before the measure with the arguments of every later call, in their order. */
export function prepare(calls) {
  for (let first = 0; first < calls.length; first += BATCH) {
    const records = calls
      .slice(first, first + BATCH)
      .map(({ visitor, properties }) => importRecord(visitor, properties));
    bodies.push({ count: records.length, content: gzipSync(JSON.stringify(records), { level: 1 }) });
  }
}

export function track() {
  tracked++;
  if (tracked === bodies[0].count) send();
}

function send() {
  const [{ content: body }, ...rest] = bodies;
  bodies = rest;
  tracked = 0;
  sending = sending.then(async () => {
    const response = await pool.request({ method: 'POST', path: '/import?strict=1', headers, body });
    await response.body.text();
  });
}

export async function flush() {
  await sending;
}

export const close = () => pool.close();
