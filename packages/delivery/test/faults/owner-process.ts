import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { createPipeline } from '../../src/pipeline.ts';
import { lanes, personIds, type Transport } from '../lanes.ts';
import type { OwnerCommand, OwnerOptions } from './owner.ts';

// The owner of a spool folder, as a process or as a thread, that does what it is told.
const { root, name, log }: OwnerOptions = isMainThread ? JSON.parse(process.argv[2] ?? '') : workerData;
const realNow = Date.now;
// The clock of a machine that was suspended has moved on before anything else happens.
Date.now = () => realNow() + (existsSync(`${log}.${name}.clock`) ? Number(readFileSync(`${log}.${name}.clock`)) : 0);

const transport: Transport = {
  async send(_lane, { body }) {
    if (existsSync(`${log}.${name}.away`)) return { status: 503, headers: {}, body: '' };
    const records = JSON.parse(gunzipSync(body).toString()) as readonly { n: number }[];
    appendFileSync(log, records.map(({ n }) => `${name} ${n}\n`).join(''));
    const reply = { code: 200, status: 'OK', num_records_imported: records.length };
    return { status: 200, headers: {}, body: JSON.stringify(reply) };
  },
  async close() {},
};
const pipeline = createPipeline({
  lanes,
  personIds,
  transports: { import: transport },
  spoolRoot: root,
  flushIntervalMs: 60_000,
  warn: () => {},
});

const say = (answer: unknown) => (isMainThread ? process.send?.(answer) : parentPort?.postMessage(answer));
const take = (listener: (command: OwnerCommand) => void) =>
  isMainThread ? process.on('message', listener) : parentPort?.on('message', listener);

take(async (command) => {
  if ('push' in command) {
    for (const n of command.push) pipeline.push('import', JSON.stringify({ n, padding: 'x'.repeat(200) }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if ('flush' in command) await pipeline.flush(command.flush);
  if ('pushAndExit' in command) {
    for (const n of command.pushAndExit) pipeline.push('import', JSON.stringify({ n }));
    process.exit();
  }
  if ('burstAndLock' in command) {
    for (let n = 0; n < command.burstAndLock; n++) pipeline.push('import', JSON.stringify({ n }));
    chmodSync(root, 0);
  }
  if ('end' in command && !isMainThread) parentPort?.close();
  say(pipeline.stats().import);
});
say('ready');
